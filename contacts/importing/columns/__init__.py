"""What the columns of one file mean: guessed, or asked about."""
