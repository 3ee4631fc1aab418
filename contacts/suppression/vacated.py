"""Addresses that somebody has given up for another one of theirs: closed, so that no import brings them back."""

from contacts import addresses
from contacts.models import Suppression

# Sources of such a suppression.
MOVED = "moved"  # by the person, on the page for recipients
MERGED = "merged"  # with another contact
SOURCES = (MOVED, MERGED)


def take_again(email: str, *sources: str) -> None:
    """Its owner has it once more, so that mail goes there. What else was said against it holds."""
    Suppression.objects.filter(email=addresses.key(email), source__in=sources or SOURCES).delete()
