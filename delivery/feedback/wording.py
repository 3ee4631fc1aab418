"""An event in words, for lists of what came back."""

from delivery.models import FeedbackEvent
from delivery.replies import WORDS, Category

_KINDS = {
    "bounce": "Bounced for now",
    "delay": "Put off",
    "delivered": "Delivered",
    "complaint": "Marked as spam",
    "autoreply": "Answered by itself",
    "unsubscribe": "Unsubscribed",
    "opened": "Opened",
    "clicked": "Clicked",
}
_CATEGORIES = frozenset(str(category) for category in WORDS) - {"unknown"}


def said(event: FeedbackEvent) -> str:
    """What happened, in our words; a provider's own where we have none."""
    words = _KINDS.get(event.kind, f"“{event.kind}”")
    if event.kind == "bounce" and event.is_permanent:
        words = "Bounced for good"
    if event.category in _CATEGORIES:
        return f"{words}: {WORDS[Category(event.category)]}"
    return f"{words} ({event.category})" if event.category else words
