"""What contacts keep of people who are merged, but for their own two rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from contacts.merging import registry
from contacts.merging.registry import Pair, Part, Record
from contacts.models import FixedMember

CONSENT, TRACKING = "contacts_consentevent", "contacts_trackingconsentevent"
_PLAIN = (
    *("contacts_note", "contacts_valuechange", "contacts_addresschange", "contacts_signuprequest"),
    "contacts_merge",  # whoever was merged into the one who goes
)


def register_parts() -> None:
    registry.register(
        *(registry.rows_of(table) for table in _PLAIN),
        *(_log(table) for table in (CONSENT, TRACKING)),
        Part("contacts_fixedmember", _move_places, _restore_places),
    )


def _move_places(pair: Pair) -> Record:
    """Of audiences that both are in, one place is left over: it counts as gone."""
    both = FixedMember.objects.of_people([pair.kept_id]).values("audience_id")
    moving = FixedMember.objects.of_people([pair.gone_id]).exclude(audience_id__in=both)
    audiences = list(moving.values_list("audience_id", flat=True))
    moving.filter(audience_id__in=audiences).update(contact_id=pair.kept_id)
    return audiences


def _restore_places(pair: Pair, record: Record) -> None:
    FixedMember.objects.filter(audience_id__in=record, contact_id=pair.kept_id).update(contact_id=pair.gone_id)


def _log(table: str) -> Part:
    """Append-only, but for whose it is: see the migration `consent_kept`."""
    rows = registry.rows_of(table)

    def move(pair: Pair) -> Record:
        with _allowed():
            return rows.move(pair)

    def restore(pair: Pair, record: Record) -> None:
        with _allowed():
            rows.restore(pair, record)

    return Part(table, move, restore)


@contextmanager
def _allowed() -> Iterator[None]:
    _say("yes")
    yield
    _say("")  # not after an error, which takes back all of it


def _say(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tallypost.merging', %s, true)", [word])
