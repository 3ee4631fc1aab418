"""All that is kept of one person, for that person (GDPR art. 15 and 20)."""
