"""What others may hold against the addresses and domains that our mail leaves from."""
