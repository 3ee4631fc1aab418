"""Who may receive mail: one rule, which pages ask with the ORM, audiences and the sending engine in SQL.

A person may be sent what goes to lists while subscribed to at least one of them with consent that holds, and to an
address that is not suppressed, and while they have not paused their mail. Whoever has not confirmed yet is not
subscribed.
"""

SUBSCRIBED = "subscribed"


def is_open(place: str) -> str:
    """SQL: the subscription `place` lets mail of its list through."""
    return f"({is_subscribed(place)} AND ({place}.expires_at IS NULL OR {place}.expires_at > now()))"


def is_subscribed(place: str) -> str:
    """SQL: nobody has ended the subscription `place`, though what was agreed to may have held for a time only."""
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


def why_closed(contact: str, lists: str) -> str:
    """SQL: why mail of none of the `lists` comes to who was on some: 'unsubscribed', or 'consent_ended' where it
    held for a time that is over. '' where it comes, and for who never was on any."""
    return (
        f"coalesce((SELECT CASE WHEN bool_or({is_open('x')}) THEN '' "  # noqa: S608
        f"WHEN bool_or({is_subscribed('x')}) THEN 'consent_ended' "
        f"WHEN count(*) > 0 THEN 'unsubscribed' END FROM contacts_subscription x "
        f"WHERE x.contact_id = {contact} AND x.list_id = ANY({lists})), '')"
    )
