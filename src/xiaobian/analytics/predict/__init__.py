"""A post predicted from what is known before it is out."""
