"""Copy that talks with people: what a text does, what it asks for, what is bait, and who will comment."""
