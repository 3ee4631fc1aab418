"""How lists grow and shrink, day by day."""
