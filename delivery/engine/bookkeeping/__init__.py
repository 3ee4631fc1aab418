"""What of a turn runs in the ledger's thread: claims, checkpoints, and what they read and conclude."""
