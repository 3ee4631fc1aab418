"""The table of people: searched, ordered and counted without looking at everybody, in columns that each user chose."""
