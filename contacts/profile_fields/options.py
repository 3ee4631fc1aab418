"""What may be chosen in a field: added, renamed, removed, put in order; the rules of segments follow."""

from collections.abc import Iterable

from contacts import fields
from contacts.models import Field, Segment
from contacts.profile_fields import naming

KINDS = (Field.Kind.CHOICE, Field.Kind.CHOICES)
MOST = 200


def read(text: str) -> list[str]:
    """One in each line, each once. Raises BadValue."""
    found = fields.once(plain for line in text.splitlines() if (plain := " ".join(line.replace("\0", "").split())))
    if too_long := next((name for name in found if len(name) > fields.LONGEST_OPTION), ""):
        raise fields.BadValue(f"“{too_long[:40]}…” is longer than {fields.LONGEST_OPTION} characters.")
    if len(found) > MOST:
        raise fields.BadValue(f"At most {MOST} choices.")
    return found


def added(field: Field, names: Iterable[str]) -> list[str]:
    """Those of the field with `names` behind them, each in one spelling; beyond the most the rest stays out."""
    there = {option.casefold() for option in field.options}
    return [*field.options, *(name for name in fields.once(names) if name.casefold() not in there)][:MOST]


def rename(field: Field, old: str, new: str) -> None:
    """In the field and in segments; the people's values follow in the background."""
    field.options = list(dict.fromkeys(new if option == old else option for option in field.options))
    field.save(update_fields=["options"])
    _in_segments(field, old, new)


def remove(field: Field, old: str, instead: str = "") -> None:
    """`instead`: the choice that takes its place. Segments that ask for it go on asking, and find nobody."""
    field.options = [option for option in field.options if option != old]
    field.save(update_fields=["options"])
    if instead:
        _in_segments(field, old, instead)


def _in_segments(field: Field, old: str, new: str) -> None:
    for segment in Segment.objects.all():
        rules = naming.with_choice(segment.rules, field.key, old, new)
        if rules != segment.rules:
            Segment.objects.filter(pk=segment.pk).update(rules=rules, counted_at=None)
