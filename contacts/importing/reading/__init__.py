"""A file to its records: what kind of text it is, and where it lies."""
