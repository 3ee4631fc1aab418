"""Alarms by mail: what is wrong reaches those who can mend it, once, and so does the all-clear."""
