"""Contacts that are probably the same person: what they look like, never a decision."""

from collections.abc import Iterator

from contacts.addresses import key
from contacts.models import Contact
from contacts.table import searching

MOST = 10
_LOOKED_AT = 200
_SHORTEST = 3  # of what is searched for: less is in half of all addresses


def likely(contact: Contact) -> list[tuple[Contact, str]]:
    """With the reason in words, the surest first."""
    found = {one.pk: one for text in _searched(contact) for one in searching.found_by(text, _LOOKED_AT)}
    found.pop(contact.pk, None)
    told = [(one, _reason(contact, one)) for one in found.values()]
    order = list(_REASONS.values())
    return sorted(((one, said) for one, said in told if said), key=lambda each: order.index(each[1]))[:MOST]


def found(contact: Contact, text: str) -> list[Contact]:
    """Whoever else has `text` in name or address."""
    return [one for one in searching.found_by(text, MOST + 1) if one.pk != contact.pk][:MOST]


def is_alike(one: str, other: str) -> bool:
    """The same mailbox at most providers: dots and what follows a plus do not count."""
    return one != other and _mailbox(one) == _mailbox(other)


def _searched(contact: Contact) -> Iterator[str]:
    """Of the address as much as all its variants share: a dot may stand anywhere, so names are searched for too."""
    local = _local(contact.email)
    if len(local) >= _SHORTEST:
        yield f"{local}@"
        yield f"{local}+"
        longest = max(local.split("."), key=len)
        if longest != local and len(longest) >= _SHORTEST:
            yield longest
        if "." not in local and contact.first_name:
            yield f"{contact.first_name.lower()} {key(contact.email).rpartition('@')[2]}"
    if len(contact.name) >= _SHORTEST and contact.first_name and contact.last_name:
        yield contact.name


_REASONS = {
    "mailbox": "The same mailbox at most providers: only dots or a part after a plus differ",
    "both": "The same name, and the same before the @",
    "name": "The same name",
    "local": "The same before the @",
}


def _reason(one: Contact, other: Contact) -> str:
    if is_alike(key(one.email), key(other.email)):
        return _REASONS["mailbox"]
    same_name = bool(one.name) and one.name.casefold() == other.name.casefold()
    same_local = _bare(one.email) == _bare(other.email)
    if same_name and same_local:
        return _REASONS["both"]
    return _REASONS["name"] if same_name else _REASONS["local"] if same_local else ""


def _mailbox(email: str) -> tuple[str, str]:
    return _bare(email), email.rpartition("@")[2]


def _bare(email: str) -> str:
    return _local(email).replace(".", "")


def _local(email: str) -> str:
    return key(email).rpartition("@")[0].partition("+")[0]
