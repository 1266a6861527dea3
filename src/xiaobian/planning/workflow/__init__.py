"""How a team's post comes about: steps, owners, waiting, states; where it cannot go on, and how long it takes."""
