"""A person's wish to be forgotten (GDPR art. 17): gone from every table and file, kept away by a salted hash."""
