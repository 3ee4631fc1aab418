"""What recipients decide on their own page: topics, a pause, their language. Nothing of a rehearsal's is changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts import addresses, consent
from contacts.grounds import wordings
from contacts.models import Contact, Suppression
from contacts.preferences import pausing
from contacts.reachability import is_open
from tracking import unsubscribing
from tracking.recipients import language
from tracking.unsubscribing import Channel, Leaver


@dataclass(frozen=True, slots=True)
class Topic:
    id: int
    name: str
    description: str
    is_chosen: bool
    ends_at: datetime | None  # of one that is chosen, and only for a time


@dataclass(frozen=True, slots=True)
class Reader:
    """Who acts on the page, from where."""

    leaver: Leaver
    ip: str | None
    user_agent: str

    @property
    def contact(self) -> Contact | None:
        """Whom something may be changed for."""
        return None if self.leaver.is_spared else self.leaver.contact


def topics(contact: Contact) -> list[Topic]:
    """Public lists, and those the person is on: nobody is kept on a list that they cannot see.

    Without those for which the address is suppressed: whatever is ticked, no mail of theirs would come.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TOPICS, [contact.pk, addresses.key(contact.email)])
        found = [Topic(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: one.name.casefold())


def is_closed(contact: Contact) -> bool:
    """No mail goes to the address, whatever is ticked, and a link in an old mail is not enough to change that."""
    return Suppression.objects.filter(email=addresses.key(contact.email)).exists()


def choose_topics(reader: Reader, chosen: Sequence[str], before: Sequence[str]) -> None:
    """On those that were ticked on the page, off those that were unticked on it. Safe to repeat.

    `before`: ticked when the page was shown, so that what the person joined or left elsewhere since then stays. Empty
    of a page that does not say so.
    """
    contact = reader.contact
    if contact is None or is_closed(contact):
        return
    shown = topics(contact)
    were = set(before) or {str(one.id) for one in shown if one.is_chosen}
    joins = [one for one in shown if str(one.id) in set(chosen) - were and not one.is_chosen]
    leaves = [one.id for one in shown if str(one.id) in were.difference(chosen) and one.is_chosen]
    if joins:
        words = f"{_('Topics')}: {', '.join(one.name for one in joins)}"
        lists = [one.id for one in joins]
        _agreed(reader, contact, lists, words, "page/topics")
    if leaves:
        unsubscribing.leave(
            reader.leaver, lists=leaves, channel=Channel.PAGE, ip=reader.ip, user_agent=reader.user_agent
        )


@dataclass(frozen=True, slots=True)
class Ending:
    """Topics whose mail ends unless the person agrees to it, and the first day on which that happens."""

    topics: list[str]
    on: str


def ending(shown: Iterable[Topic]) -> Ending | None:
    held = [(one.name, one.ends_at) for one in shown if one.ends_at]
    return Ending(sorted(name for name, _ in held), _day(min(ends_at for _, ends_at in held))) if held else None


def agree(reader: Reader) -> None:
    """To all that would end: for good, until the person withdraws it. Safe to repeat."""
    contact = reader.contact
    held = [one for one in topics(contact) if one.ends_at] if contact and not is_closed(contact) else []
    if contact is None or not held:
        return
    words = f"{_('Yes, go on')}: {', '.join(sorted(one.name for one in held))}"
    _agreed(reader, contact, [one.id for one in held], words, "page/go-on")


@transaction.atomic
def _agreed(reader: Reader, contact: Contact, lists: Sequence[int], words: str, place: str) -> None:
    wording = wordings.keep(place, get_language() or "en", words)
    channel = Channel.PAGE.value
    consent.resubscribe(contact, lists=lists, channel=channel, by=None, text=words, ip=reader.ip, wording=wording)


def begin_pause(reader: Reader, days: str) -> None:
    if reader.contact and days in map(str, pausing.DAYS) and not is_closed(reader.contact):
        pausing.pause(reader.contact, int(days), channel=Channel.PAGE.value, ip=reader.ip)


def end_pause(reader: Reader) -> None:
    if reader.contact:
        pausing.resume(reader.contact, channel=Channel.PAGE.value, ip=reader.ip)


def choose_language(reader: Reader, code: str) -> None:
    """One of ours. A person whose language is a kind of it (de-AT for de) keeps theirs."""
    contact, known = reader.contact, language.known_of(code)
    if contact and known and language.known_of(contact.language) != known:
        contact.language = known
        contact.save(update_fields=["language", "updated_at"])


def pauses() -> list[tuple[int, str]]:
    return [(days, _("%(days)s days") % {"days": days}) for days in pausing.DAYS]


def pause_ends(contact: Contact) -> str:
    """The day, in the language that is active; "" without a pause."""
    end = pausing.until(contact)
    return _day(end) if end else ""


def _day(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "DATE_FORMAT")


_TOPICS = f"""
SELECT l.id, coalesce(nullif(l.public_name, ''), l.name), l.public_description, x.id IS NOT NULL, x.expires_at
FROM contacts_mailinglist l
LEFT JOIN contacts_subscription x ON x.list_id = l.id AND x.contact_id = %s AND {is_open("x")}
WHERE (x.id IS NOT NULL OR (l.is_public AND l.archived_at IS NULL))
AND NOT EXISTS (SELECT 1 FROM contacts_listsuppression k WHERE k.list_id = l.id AND k.email = %s)
"""  # noqa: S608
