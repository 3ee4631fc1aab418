"""How many people can be reached, and how that came about day by day."""
