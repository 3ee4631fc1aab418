"""SMTP as a server speaks it, for the sandbox and for what comes back."""
