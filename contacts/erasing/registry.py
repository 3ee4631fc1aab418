"""Who erases what: each part of the product names the tables and files in which it keeps people.

What is registered here runs again until nothing of the person is on its way any more, so it must be safe to repeat.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

DOMAIN = "erased.invalid"  # RFC 2606: nobody's


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to erase: as everything that is kept of a person names them."""

    erasure_id: int
    address: str  # lower case
    contact_ids: tuple[int, ...]
    message_ids: tuple[int, ...]

    @property
    def stand_in(self) -> str:
        """What is written instead of the address where something must stand."""
        return f"erased-{self.erasure_id}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Part:
    """`told`: the section of a person's data that holds it; "" where nothing in it is more than is told elsewhere.

    `quote`: texts of others that name one of these addresses, lower case.
    """

    name: str
    label: str  # on the certificate
    erase: Callable[[Person], int]  # how many
    told: str = ""
    quote: Callable[[Collection[str]], Iterable[str]] | None = None


_parts: dict[str, Part] = {}
_finders: list[Callable[[Collection[int], str], list[int]]] = []
_checks: list[Callable[[Person], bool]] = []
_later: list[Callable[[], None]] = []


def register(*parts: Part) -> None:
    _parts.update({part.name: part for part in parts})


def register_mails(
    *,
    find: Callable[[Collection[int], str], list[int]],
    are_on_their_way: Callable[[Person], bool],
    clear_later: Callable[[], None],
) -> None:
    """How to find mails by contact and address, whether some may still leave, and what clears away what comes back
    of them long after."""
    _finders[:], _checks[:], _later[:] = [find], [are_on_their_way], [clear_later]


def parts() -> list[Part]:
    return list(_parts.values())


def mails_of(contact_ids: Collection[int], address: str) -> list[int]:
    return sorted({found for find in _finders for found in find(contact_ids, address)})


def are_on_their_way(person: Person) -> bool:
    return any(check(person) for check in _checks)


def clear_later() -> None:
    for clear in _later:
        clear()
