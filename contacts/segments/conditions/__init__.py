"""One file a condition; whoever is imported here is registered. Those about mail are registered by the parts above."""

from contacts.segments.conditions import consent, lists, profile, random_share, segment, suppressed, tags

__all__ = ["consent", "lists", "profile", "random_share", "segment", "suppressed", "tags"]
