"""DMARC aggregate reports (RFC 9990, and RFC 7489 before it): what mailbox providers saw of a domain's mail."""
