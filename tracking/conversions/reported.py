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
    """`worth` None: what the goal says of itself; of a refund: all of it."""

    order: str = ""
    worth: Decimal | None = None
    currency: str = ""
    is_refund: bool = False

    def as_note(self) -> str:
        """One printable line of ASCII, for a spool."""
        said = [self.order, "" if self.worth is None else str(self.worth), self.currency]
        return json.dumps([*said, "refund"] if self.is_refund else said)

    @classmethod
    def from_note(cls, note: str) -> "Told":
        order, worth, currency, *refund = json.loads(note)
        return cls(order, Decimal(worth) if worth else None, currency, bool(refund))


def read(said: Mapping[str, object]) -> Told:
    """`order`, `value`, `currency`, each of which may be missing; `refund`, or a value below 0, takes an order back.

    Raises NotReadable.
    """
    order, currency = _text(said, "order"), _text(said, "currency").upper()
    if len(order) > _ORDER_CHARS or not order.isprintable():
        raise NotReadable(f"order has at most {_ORDER_CHARS} characters, all of them printable.")
    if currency and not CURRENCY.fullmatch(currency):
        raise NotReadable("currency is a code of three letters, such as EUR.")
    worth, refund = _worth(_text(said, "value")), _refund(said)
    is_refund = refund or (worth is not None and worth < 0)
    if is_refund and not order:
        raise NotReadable("A refund names the order that it takes back.")
    return Told(order, abs(worth) if worth is not None and is_refund else worth, currency, is_refund)


def _refund(said: Mapping[str, object]) -> bool:
    given = said.get("refund", False)
    if isinstance(given, bool):
        return given
    text = _text(said, "refund").lower()
    if text not in ("", "0", "1", "true", "false"):
        raise NotReadable("refund is true or false.")
    return text in ("1", "true")


def _worth(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        worth = Decimal(text) if len(text) <= _NUMBER_CHARS else Decimal("NaN")
        if not (worth.is_finite() and abs(worth) <= MOST_WORTH):
            raise InvalidOperation
    except InvalidOperation:
        said = "value is a number up to 9999999.99 with a point, such as 24.90; below 0 it is a refund."
        raise NotReadable(said) from None
    return worth.quantize(_CENT)


def _text(said: Mapping[str, object], name: str) -> str:
    found = said.get(name, "")
    if found is None:
        return ""
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise NotReadable(f"{name} is a text or a number.")
    return str(found).strip()
