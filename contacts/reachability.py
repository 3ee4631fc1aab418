"""Who may receive mail: one rule, which pages ask with the ORM, audiences and the sending engine in SQL.

A person may be sent what goes to lists while subscribed to at least one of them, and to an address that is not
suppressed, and while they have not paused their mail. Whoever has not confirmed yet is not subscribed.
"""

SUBSCRIBED = "subscribed"


def is_open(place: str) -> str:
    """SQL: the subscription `place` lets mail of its list through."""
    return f"{place}.state = '{SUBSCRIBED}'"


def is_paused(contact: str) -> str:
    """SQL: the person `contact` wants no mail for a while yet. A pause ends by itself."""
    return f"coalesce({contact}.paused_until > now(), false)"


def suppression_of(address: str, name: str = "s") -> str:
    """SQL for a join: the suppression `name` of an address, if there is one."""
    return f"contacts_suppression {name} ON {name}.email = lower({address})"


def is_suppressed(address: str) -> str:
    """SQL: nothing may be sent there."""
    return f"EXISTS (SELECT 1 FROM contacts_suppression s WHERE s.email = lower({address}))"  # noqa: S608


def has_left(contact: str, lists: str) -> str:
    """SQL: was on some of the `lists` and is subscribed to none of them; false for who never was on any."""
    return (
        f"coalesce((SELECT NOT bool_or({is_open('x')}) FROM contacts_subscription x "  # noqa: S608
        f"WHERE x.contact_id = {contact} AND x.list_id = ANY({lists})), false)"
    )
