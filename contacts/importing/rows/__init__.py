"""One record to one person, or to the reason why not."""
