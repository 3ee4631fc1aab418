"""The way in by SMTP or LMTP: the mail server of the bounce domain."""
