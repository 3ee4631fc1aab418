"""Time zone and language of people who did not say them: guessed, kept apart from what was said, and marked."""
