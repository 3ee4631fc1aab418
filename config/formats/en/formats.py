"""English is read in many countries: the day first and the month in full, as in other languages, never "Dec. 30"."""

DATE_FORMAT = "j F Y"
