"""What people decide about their own mail besides joining and leaving: a pause, another address."""
