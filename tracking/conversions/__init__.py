"""What came of a campaign on the organisation's own site: orders, sign-ups, downloads, with their worth."""
