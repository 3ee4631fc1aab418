"""Who agreed to what: every change leaves a proof (GDPR art. 7(1)), leaving is as easy as joining."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Lower

from accounts.models import User
from accounts.wording import storable
from contacts import addresses
from contacts.erasing.registry import DOMAIN as ERASED
from contacts.models import ConsentEvent, Contact, MailingList, Merge, SignupRequest, Subscription, Suppression, Wording


class StillSuppressed(Exception):
    """The address bounced or complained: that has to be lifted first, by somebody who knows why."""

    def __init__(self, reason: str) -> None:
        label = Suppression.Reason(reason).label.lower()
        super().__init__(f"This address is suppressed ({label}). Lift that first if you know that it is wrong.")
        self.reason = reason


@transaction.atomic
def unsubscribe(
    contact: Contact,
    *,
    lists: Sequence[int] | None,
    channel: str,
    ip: str | None = None,
    by: User | None = None,
    message_id: int | None = None,
    text: str = "",
) -> bool:
    """Take `contact` off `lists`; None: off everything, for good. False if that was so already. Safe to repeat.

    Whoever was merged a moment ago leaves as the one they are now.
    """
    contact = _locked(contact)
    held = Subscription.objects.filter(contact=contact).exclude(state=Subscription.State.UNSUBSCRIBED)
    if lists is not None:
        held = held.filter(list_id__in=lists)
    left = list(held.select_for_update().values_list("list_id", flat=True))
    for subscription in held:
        subscription.state = Subscription.State.UNSUBSCRIBED
        subscription.save(update_fields=["state", "changed_at"])
    fresh = lists is None and suppress(
        contact.email, Suppression.Reason.UNSUBSCRIBED, source=channel, message_id=message_id
    )
    withdrawn: list[int | None] = [None] if lists is None and (fresh or left) else list(left)
    if not withdrawn and channel in _OWN_WORD and not _said_themselves(contact):
        # A file, a server or the team had said it for them, which can turn out wrong and be taken back; what they
        # say stays.
        said: list[int | None] = [None] if lists is None else list(lists)
        _record(ConsentEvent.Kind.WITHDRAWN, contact, said, channel=channel, by=by, text=text, ip=ip)
        return False
    _record(ConsentEvent.Kind.WITHDRAWN, contact, withdrawn, channel=channel, by=by, text=text, ip=ip)
    return bool(withdrawn)


def _locked(contact: Contact) -> Contact:
    found = Contact.objects.select_for_update(no_key=True).filter(pk=contact.pk).first()
    merge = None if found else Merge.objects.filter(gone_id=contact.pk).first()
    if merge:
        found = Contact.objects.select_for_update(no_key=True).filter(pk=merge.contact_id).first()
    return found or contact


_OWN_WORD = ("page", "one-click")
_EXPRESS = ("page", "form")  # the person agreed there themselves, so that no rule of a list ends it
_OTHERS_WORD = ("import", "undo", "hand", "merge")  # of a file or of the team, who can take it back


def _said_themselves(contact: Contact) -> bool:
    """Whether the last that is known of this person's consent is that they themselves withdrew it."""
    last = ConsentEvent.objects.filter(contact=contact).order_by("-id").first()
    return last is not None and last.kind == ConsentEvent.Kind.WITHDRAWN and last.channel not in _OTHERS_WORD


@transaction.atomic
def subscribe(
    contact: Contact,
    *,
    lists: Sequence[int],
    channel: str,
    by: User | None = None,
    text: str = "",
    ip: str | None = None,
) -> list[int]:
    """Put `contact` on those of `lists` that it never was on. Returns the lists joined.

    Who left a list stays away from it; who is suppressed joins none.
    """
    if Suppression.objects.filter(email=addresses.key(contact.email)).exists():
        return []
    known = set(Subscription.objects.filter(contact=contact, list_id__in=lists).values_list("list_id", flat=True))
    joined = [list_id for list_id in dict.fromkeys(lists) if list_id not in known]
    Subscription.objects.bulk_create(
        (Subscription(contact=contact, list_id=list_id, is_express=channel in _EXPRESS) for list_id in joined),
        ignore_conflicts=True,
    )
    _record(ConsentEvent.Kind.GIVEN, contact, joined, channel=channel, by=by, text=text, ip=ip)
    return joined


@transaction.atomic
def resubscribe(
    contact: Contact,
    *,
    lists: Sequence[int],
    channel: str,
    by: User | None,
    text: str,
    ip: str | None = None,
    wording: Wording | None = None,
) -> None:
    """Put `contact` back on `lists` because it asked for it; `text` says how. Raises StillSuppressed."""
    suppression = Suppression.objects.select_for_update().filter(email=addresses.key(contact.email)).first()
    if suppression and suppression.reason != Suppression.Reason.UNSUBSCRIBED:
        raise StillSuppressed(suppression.reason)
    if suppression:
        suppression.delete()
    for list_id in MailingList.objects.filter(id__in=lists).values_list("id", flat=True):
        Subscription.objects.update_or_create(
            contact=contact,
            list_id=list_id,
            defaults={"state": Subscription.State.SUBSCRIBED, "is_express": channel in _EXPRESS, "expires_at": None},
        )
    kind = ConsentEvent.Kind.GIVEN
    _record(kind, contact, list(lists), channel=channel, by=by, text=text, ip=ip, wording=wording)


def follow(contact: Contact, before: str) -> None:
    """Whoever unsubscribed from everything, or complained, did so under whatever address they have now."""
    said = Suppression.objects.filter(email=addresses.key(before), reason__in=_THEIR_WORD).first()
    if said and addresses.key(before) != addresses.key(contact.email):
        suppress(contact.email, said.reason, detail=f"Said as {before}", source=said.source)


_THEIR_WORD = (Suppression.Reason.COMPLAINT, Suppression.Reason.UNSUBSCRIBED)


LEFT_BEFORE = "Left before being deleted here"


@transaction.atomic
def erase_all(contact_ids: Sequence[int]) -> int:
    """Delete these people; returns how many there were. That somebody wanted no mail is remembered, so that no later
    import brings them back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO contacts_suppression (email, reason, detail, source, created_at)
            SELECT lower(c.email), 'unsubscribed', %s, 'hand', now()
            FROM contacts_contact c WHERE c.id = ANY(%s)
            AND EXISTS (SELECT 1 FROM contacts_subscription s WHERE s.contact_id = c.id AND s.state = 'unsubscribed')
            AND NOT EXISTS (SELECT 1 FROM contacts_subscription s WHERE s.contact_id = c.id AND s.state = 'subscribed')
            ORDER BY 1 ON CONFLICT (email) DO NOTHING
            """,
            [LEFT_BEFORE, list(contact_ids)],
        )
    people = Contact.objects.filter(pk__in=contact_ids)
    SignupRequest.objects.filter(key__in=people.values_list(Lower("email"))).delete()
    _, deleted = people.delete()
    return deleted.get("contacts.Contact", 0)


def delete_list(mailing_list: MailingList) -> int:
    """Delete the list, keep its people. Who left it and is on no other one stays unsubscribed; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        MailingList.objects.select_for_update().filter(pk=mailing_list.pk).first()  # an import puts nobody more on it
        cursor.execute(
            """
            INSERT INTO contacts_suppression (email, reason, detail, source, created_at)
            SELECT lower(c.email), 'unsubscribed', %s, 'hand', now()
            FROM contacts_subscription s JOIN contacts_contact c ON c.id = s.contact_id
            WHERE s.list_id = %s AND s.state = 'unsubscribed' AND NOT EXISTS (
                SELECT 1 FROM contacts_subscription o WHERE o.contact_id = c.id AND o.state = 'subscribed')
            ON CONFLICT (email) DO NOTHING
            """,
            [f"Left the list {mailing_list.name}, which was deleted", mailing_list.pk],
        )
        kept: int = cursor.rowcount
        cursor.execute("DELETE FROM contacts_subscription WHERE list_id = %s", [mailing_list.pk])
        mailing_list.delete()
    return kept


@dataclass(frozen=True, slots=True)
class Suppressing:
    """An address that gets no marketing mail from now on; `reason` is a Suppression.Reason."""

    email: str
    reason: str
    detail: str = ""
    source: str = ""
    message_id: int | None = None


def suppress(email: str, reason: str, *, detail: str = "", source: str = "", message_id: int | None = None) -> bool:
    """One of suppress_all. True if the address was not suppressed yet."""
    return bool(suppress_all([Suppressing(email, reason, detail, source, message_id)]))


def suppress_all(wanted: Iterable[Suppressing]) -> set[str]:
    """No marketing mail to these from now on. Safe to repeat; a complaint outweighs what was known before, everything
    outweighs what is on hold, and a file's word is no longer the source once somebody says it themselves. Whoever was
    erased stays suppressed under a hash. Returns the addresses, as they are stored, that were not suppressed yet.
    """
    by_key: dict[str, Suppressing] = {}
    for one in wanted:
        key = _suppression_key(one.email)
        if key.endswith(f"@{ERASED}"):  # what is heard of a mail whose person was erased since
            continue
        if key not in by_key or one.reason == Suppression.Reason.COMPLAINT:
            by_key[key] = one
    if not by_key:
        return set()
    rows = sorted(by_key.items())  # in one order, so that two at a time do not wait for each other
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO contacts_suppression AS s (email, reason, detail, source, message_id, created_at)
            SELECT coalesce(erased.email, given.email), given.reason,
                CASE WHEN erased.is_erased THEN '' ELSE given.detail END, given.source, given.message_id, now()
            FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[])
                AS given (email, reason, detail, source, message_id)
            LEFT JOIN contacts_suppression erased ON erased.is_erased AND erased.email = contacts_erased(given.email)
            ON CONFLICT (email) DO UPDATE
            SET reason = CASE WHEN {graver} THEN excluded.reason ELSE s.reason END,
                detail = CASE WHEN {graver} THEN excluded.detail ELSE s.detail END,
                created_at = CASE WHEN {graver} THEN excluded.created_at ELSE s.created_at END,
                source = excluded.source, message_id = excluded.message_id
            WHERE {graver} OR s.source = 'import' AND excluded.source IN ('page', 'one-click')
            RETURNING email, xmax = 0
            """.replace("{graver}", _GRAVER),
            [
                [key for key, _ in rows],
                [str(one.reason) for _, one in rows],
                [storable(one.detail, 1000) for _, one in rows],
                [one.source[:60] for _, one in rows],
                [one.message_id for _, one in rows],
            ],
        )
        return {email for email, is_new in cursor.fetchall() if is_new}


_GRAVER = """(
    excluded.reason = 'complaint' AND s.reason <> 'complaint' OR s.reason = 'held' AND excluded.reason <> 'held'
)"""


def _suppression_key(email: str) -> str:
    try:
        return addresses.key(addresses.normalise(email))
    except addresses.InvalidAddress:
        return addresses.key(email.strip()[:320])


def lift(email: str, *, by: User | None) -> bool:
    """Write to `email` again where its contact is subscribed; lists that it left stay left. False: it was not there.

    Lifting is no consent: `by` and the reason belong in the audit trail, which the caller keeps.
    """
    deleted, _ = Suppression.objects.filter(email=addresses.key(email.strip())).delete()
    return bool(deleted)


def _record(
    kind: ConsentEvent.Kind,
    contact: Contact,
    lists: Sequence[int | None],
    *,
    channel: str,
    by: User | None,
    text: str,
    ip: str | None = None,
    wording: Wording | None = None,
) -> None:
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            contact=contact,
            list_id=list_id,
            kind=kind,
            channel=channel,
            text=text[:500],
            wording=wording,
            ip=ip,
            by=by,
        )
        for list_id in lists
    )
