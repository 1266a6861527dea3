"""Looking after those who read: hostile comments, what each person is exposed to, and who is on duty."""
