"""One look at a draft before it goes: how inboxes show it, how it reads, where it leads, and to whom it looks odd."""
