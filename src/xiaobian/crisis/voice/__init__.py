"""How a brand sounds: a guide that anyone can run, and a score that says what it is made of."""
