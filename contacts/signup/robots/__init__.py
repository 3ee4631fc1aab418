"""What keeps programs from signing up people who did not ask for it."""
