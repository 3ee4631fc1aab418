"""Exports of people that take longer than a page may: written to a file, fetched by whoever asked, gone after days."""
