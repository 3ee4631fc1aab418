"""The words of an alarm and of an all-clear."""

from collections.abc import Iterator, Sequence

from django.urls import reverse

from accounts.models import Organisation, User
from accounts.people.mailing import Mail
from accounts.wording import isolated, one_line
from delivery.alerts.models import Alert


def mail(begun: Sequence[Alert], over: Sequence[Alert], organisation: Organisation, user: User) -> Mail:
    """Plain text: it is read in a hurry, on whatever is at hand."""
    base = organisation.public_address
    parts = [*_troubles(begun, base), *_endings(over)]
    off = f"{base}{reverse('account')}#alerts"
    why = f"You get this because you look after the mail of {organisation}. Choose what you are told: {off}"
    return Mail(user.email, _subject(begun, over, organisation), "\n\n".join([*parts, f"-- \n{why}"]) + "\n")


def _subject(begun: Sequence[Alert], over: Sequence[Alert], organisation: Organisation) -> str:
    name = isolated(str(organisation))
    if not begun:
        return (
            f"All clear: {one_line(over[0].title)}" if len(over) == 1 else f"All clear at {name}: {len(over)} troubles"
        )
    if len(begun) == 1:
        return f"{name}: {one_line(begun[0].title)}"
    return f"{name}: {len(begun)} things need you"


def _troubles(begun: Sequence[Alert], base: str) -> Iterator[str]:
    for alert in begun:
        where = f"\nSee to it: {base}{alert.url}" if alert.url else ""
        text = f"\n{alert.text}" if alert.text and alert.text != alert.title else ""
        yield f"{alert.title}{text}{where}"


def _endings(over: Sequence[Alert]) -> Iterator[str]:
    for alert in over:
        yield f"All clear, this is over: {alert.title}"
