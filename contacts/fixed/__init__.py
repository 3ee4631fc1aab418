"""Who gets a mail, decided beforehand: drawn up at one moment, kept until it is sent."""
