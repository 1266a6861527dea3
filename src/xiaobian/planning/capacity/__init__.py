"""How many pieces a team can finish, how long each takes, and what a cadence costs."""
