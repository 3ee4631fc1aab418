"""Whether a colleague has read a campaign and lets it go, where the organisation asks for that."""
