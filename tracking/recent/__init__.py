"""The last campaigns of each person, and which of these they opened and clicked in."""
