"""Whether opens and clicks may be counted: how recipients are asked, in the language that is active."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.grounds import wordings
from contacts.models import TrackingConsent, Wording
from contacts.tracking_consent import Part


def words(part: Part) -> str:
    return _("Whether you open our mail") if part == Part.OPENS else _("Which links in it you follow")


def answers() -> list[tuple[str, str]]:
    """Each with its label."""
    return [
        (TrackingConsent.GIVEN.value, _("Yes, you may count it")),
        (TrackingConsent.REFUSED.value, _("No, do not count it")),
    ]


def kept(place: str, part: Part) -> Wording:
    """The question as it was read, for the proof of its answer."""
    asked = f"{words(part)} [{' · '.join(label for _value, label in answers())}]"
    return wordings.keep(f"{place}/{part}", get_language() or "en", asked)
