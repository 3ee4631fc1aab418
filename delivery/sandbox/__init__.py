"""The built-in SMTP server: accepts mail like a provider, keeps it, and delivers it to nobody."""
