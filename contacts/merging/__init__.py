"""Two contacts turn out to be one person."""
