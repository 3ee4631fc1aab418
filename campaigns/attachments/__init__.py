"""Files that go along with a campaign: in each mail, or by a link in it."""
