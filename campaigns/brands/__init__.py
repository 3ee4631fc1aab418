"""Brands: what a marketer sets once, so that every mail looks like the organisation."""
