"""What of a turn runs in the event loop, where nothing waits for the database."""
