"""What something that came back means for its message and its person. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from delivery.policy.soft_bounces import Failing
from delivery.replies import Category
from delivery.replies.categories import BLOCKED, HARD

DELIVERED, SOFT, HARD_TERM, COMPLAINED = 1, 2, 3, 4  # delivery.models.Term, by weight

# What feedback reports may carry that no reader said: RFC 5965, RFC 6591.
NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "virus", "dmarc"})
OPT_OUT = "opt-out"  # RFC 5965 had it, and many people answer "unsubscribe": a wish, and no complaint
# Who is full, or fails in words that nobody knows, may be gone: five campaigns in a row tell.
_COUNTS_SOFT = frozenset({Category.MAILBOX_FULL, Category.UNKNOWN, Category.EXPIRED, Category.GREYLIST})
_RETRIES = tuple(timedelta(seconds=s) for s in (1, 2, 5, 15, 60, 300, 1800)) + (timedelta(hours=4),) * 18


@dataclass(frozen=True, slots=True)
class Effect:
    """`term`: where the message stands by it, if it was accepted. `reason`: of the suppression, "" for none."""

    term: int | None = None
    is_blocked: bool = False
    reason: str = ""
    failing: Failing | None = None
    reaches: bool = False  # the person's mailbox took mail
    leaves: bool = False  # the person asked the provider for no more mail

    @property
    def excludes(self) -> bool:
        """The person gets no more mail by it."""
        return self.leaves or bool(self.reason)

    @property
    def is_wish(self) -> bool:
        """They said so themselves: they complained or left."""
        return self.leaves or self.reason == "complaint"


def effect(
    kind: str,
    *,
    category: Category | None = None,
    is_permanent: bool = False,
    suppresses: bool = False,
    detail: str = "",
) -> Effect:
    """Auto-replies, delays (which may still end well) and whatever a provider calls otherwise have none.

    A domain may be gone from its DNS by a passing mistake: its people are suppressed when it is said again a day later.
    """
    if kind == "unsubscribe" or (kind == "complaint" and detail == OPT_OUT):
        return Effect(leaves=True)
    if kind == "complaint" and detail not in NO_COMPLAINTS:
        return Effect(COMPLAINED, reason="complaint")
    if kind == "delivered":
        return Effect(DELIVERED, reaches=True)
    if kind != "bounce":
        return Effect()
    if suppresses and category != Category.BAD_DOMAIN:
        return Effect(HARD_TERM, reason="hard_bounce")
    if is_permanent and category in HARD:
        return Effect(HARD_TERM, failing=Failing.DOMAIN)
    return Effect(SOFT, is_blocked=category in BLOCKED, failing=Failing.SOFT if category in _COUNTS_SOFT else None)


def look_again_in(tries: int) -> timedelta | None:
    """A report that comes before its mail is known as accepted waits for that; None: no longer, after three days."""
    return _RETRIES[tries] if tries < len(_RETRIES) else None


def largest_hour(accepted_lately: int) -> int:
    """How many people one source may suppress within an hour before somebody looks: far more bounces than any sending
    that has not stopped itself brings, and few enough that a flood of forged reports ruins no audience."""
    return max(500, accepted_lately // 10)
