"""What Home shows, and the weekly summary that says the same by mail."""
