"""How other systems word consent, in names of columns and files and in their cells."""
