"""Who may receive mail: one rule, which pages ask with the ORM, audiences and the sending engine in SQL.

A person may be sent what goes to lists while subscribed to at least one of them with consent that holds, for which the
address is not suppressed; to an address that is not suppressed altogether; and while they have not paused their mail.
Whoever has not confirmed yet is not subscribed.
"""

SUBSCRIBED = "subscribed"


def is_open(place: str, kept_off: str = "") -> str:
    """SQL: the subscription `place` lets mail of its list through. `kept_off`: SQL for what has found that out."""
    holds = f"({place}.expires_at IS NULL OR {place}.expires_at > now())"
    return f"({is_subscribed(place)} AND {holds} AND NOT {kept_off or is_kept_off(place)})"


def is_kept_off(place: str) -> str:
    """SQL: the address of the subscription `place` is suppressed for its list alone."""
    return f"EXISTS (SELECT 1 {_of_list(place)})"


def kept_off_at(place: str) -> str:
    """SQL: since when it is."""
    return f"(SELECT k.created_at {_of_list(place)})"


def kept_off_of(place: str) -> str:
    """SQL for a join: the row `kept` of the subscription `place` if it is kept off, for a million of them at once."""
    few = f"SELECT kc.id AS contact_id, k.list_id {_KEPT_OFF}"
    return f"({few}) kept ON kept.contact_id = {place}.contact_id AND kept.list_id = {place}.list_id"


_KEPT_OFF = "FROM contacts_listsuppression k JOIN contacts_contact kc ON lower(kc.email) = k.email"


def _of_list(place: str) -> str:
    """From the few that are suppressed so, so that the planner may hash them for a million subscriptions."""
    return f"{_KEPT_OFF} WHERE k.list_id = {place}.list_id AND kc.id = {place}.contact_id"


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
    """SQL: why mail of none of the `lists` comes to who was on some: 'unsubscribed', 'suppressed' for the list alone,
    or 'consent_ended' where it held for a time that is over. '' where it comes, and for who never was on any."""
    return (
        f"coalesce((SELECT CASE WHEN bool_or({is_open('x')}) THEN '' "  # noqa: S608
        f"WHEN bool_or({is_subscribed('x')} AND {is_kept_off('x')}) THEN 'suppressed' "
        f"WHEN bool_or({is_subscribed('x')}) THEN 'consent_ended' "
        f"WHEN count(*) > 0 THEN 'unsubscribed' END FROM contacts_subscription x "
        f"WHERE x.contact_id = {contact} AND x.list_id = ANY({lists})), '')"
    )
