"""What a site tells of one conversion, read and bounded. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MOST_WORTH = Decimal("9999999.99")
CURRENCY = re.compile(r"[A-Z]{3}")
_ORDER_CHARS = 100
_NUMBER_CHARS = 20
_CENT = Decimal("0.01")


class NotReadable(ValueError):
    """Its words say what is wrong."""


@dataclass(frozen=True, slots=True)
class Told:
    """`worth` None: what the goal says of itself."""

    order: str = ""
    worth: Decimal | None = None
    currency: str = ""

    def as_note(self) -> str:
        """One printable line of ASCII, for a spool."""
        return json.dumps([self.order, "" if self.worth is None else str(self.worth), self.currency])

    @classmethod
    def from_note(cls, note: str) -> "Told":
        order, worth, currency = json.loads(note)
        return cls(order, Decimal(worth) if worth else None, currency)


def read(said: Mapping[str, object]) -> Told:
    """`order`, `value`, `currency`, each of which may be missing. Raises NotReadable."""
    order, currency = _text(said, "order"), _text(said, "currency").upper()
    if len(order) > _ORDER_CHARS or not order.isprintable():
        raise NotReadable(f"order has at most {_ORDER_CHARS} characters, all of them printable.")
    if currency and not CURRENCY.fullmatch(currency):
        raise NotReadable("currency is a code of three letters, such as EUR.")
    return Told(order, _worth(_text(said, "value")), currency)


def _worth(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        worth = Decimal(text) if len(text) <= _NUMBER_CHARS else Decimal("NaN")
        if not (worth.is_finite() and 0 <= worth <= MOST_WORTH):
            raise InvalidOperation
    except InvalidOperation:
        raise NotReadable("value is a number from 0 to 9999999.99 with a point, such as 24.90.") from None
    return worth.quantize(_CENT)


def _text(said: Mapping[str, object], name: str) -> str:
    found = said.get(name, "")
    if found is None:
        return ""
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise NotReadable(f"{name} is a text or a number.")
    return str(found).strip()
