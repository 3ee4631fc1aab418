"""On what ground a list may be written to, and until when that holds."""
