"""What was read of providers' own lists: kept beside ours, so that accepted and silently dropped differ."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import islice

from django.db import transaction
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from accounts.secrets import Unreadable
from accounts.wording import storable
from contacts.addresses import key
from contacts.models import Contact, Suppression
from contacts.timeline import Entry, Wanted, latest
from delivery.feedback.webhooks.catalogue import kinds
from delivery.feedback.webhooks.lists.reading import MOST, Asking, Listed, NotRead, Read, asking
from delivery.models import Message, Provider, ProviderSuppression, Webhook
from delivery.providers import services

_WORDS = {"bounced": "bounced", "complained": "marked as spam", "left": "unsubscribed", "other": "put there"}
_AT_ONCE = 5_000


def read(webhook: Webhook, ask: Asking | None = None, base: str = "") -> int:
    """The whole list anew; returns how many are on it. What went wrong is kept for the page. Raises NotRead."""
    try:
        reader: Read = import_module(f"delivery.feedback.webhooks.lists.{webhook.kind}").read
        given = {"base": base} if base else {}
        found = list(islice(reader(ask or asking(), webhook.keys, **given), MOST))
    except Unreadable:
        raise NotRead("The stored key cannot be read any more.") from None
    except NotRead as problem:
        Webhook.objects.filter(pk=webhook.pk).update(list_problem=str(problem)[:300])
        raise
    _keep(webhook, found)
    return len(found)


def read_all() -> None:
    """Of every webhook whose list has a key; for a task, once a day."""
    for webhook in Webhook.objects.filter(state=Webhook.State.ACTIVE):
        if webhook.kind in kinds() and kinds()[webhook.kind].list_keys and _has_keys(webhook):
            try:
                read(webhook)
            except NotRead:
                continue


@transaction.atomic
def _keep(webhook: Webhook, found: Iterable[Listed]) -> None:
    """Of all on the list the number, and the people whom we know: nobody else's address is kept."""
    rows = {
        key(one.email)[:320]: ProviderSuppression(
            webhook=webhook,
            email=key(one.email)[:320],
            reason=one.reason,
            words=storable(one.words, 300),
            since=one.since,
        )
        for one in found
        if "@" in one.email and "\0" not in one.email and one.email.isprintable()
    }
    known = _contacts(sorted(rows))
    ProviderSuppression.objects.filter(webhook=webhook).delete()
    ProviderSuppression.objects.bulk_create((rows[email] for email in known), batch_size=_AT_ONCE)
    Webhook.objects.filter(pk=webhook.pk).update(list_read_at=timezone.now(), list_problem="", list_size=len(rows))


def _contacts(emails: Sequence[str]) -> list[str]:
    known: list[str] = []
    keyed = Contact.objects.annotate(key=Lower("email"))
    for start in range(0, len(emails), _AT_ONCE):
        known += keyed.filter(key__in=emails[start : start + _AT_ONCE]).values_list("key", flat=True)
    return sorted(set(known))


def still_mailed(webhook: Webhook, most: int) -> list[ProviderSuppression]:
    """On their list and not on ours: mail to them is accepted there, and dropped."""
    ours = Suppression.objects.values("email")
    listed = ProviderSuppression.objects.filter(webhook=webhook).exclude(email__in=ours)
    return list(listed.order_by("email")[:most])


def dropping(messages: Sequence[Message]) -> dict[int, ProviderSuppression]:
    """By message, of those that were accepted: the entry on the list of the provider that carried it, unless that came
    later than the mail. At most two queries. The batches of `messages` are known."""
    emails = {message.id: key(message.email) for message in messages}
    listed = list(ProviderSuppression.objects.filter(email__in=set(emails.values())).select_related("webhook"))
    if not listed:
        return {}
    carriers = {message.id: message.provider_id or message.batch.provider_id for message in messages}
    rows = Provider.objects.filter(pk__in=filter(None, carriers.values())).values_list("pk", "service", "host")
    kind_of = {pk: services.of(service, host) for pk, service, host in rows}
    found: dict[int, ProviderSuppression] = {}
    for message in messages:
        carrier, at = carriers[message.id], message.accepted_at
        for one in listed:
            named = one.webhook.provider_id
            is_theirs = named == carrier if named else kind_of.get(carrier or 0) == one.webhook.kind
            if one.email == emails[message.id] and is_theirs and at and (one.since is None or one.since <= at):
                found[message.id] = one
    return found


def entries(contact: Contact, wanted: Wanted) -> Iterable[Entry]:
    """For the person's page."""
    if not wanted.wants("suppression"):
        return
    listed = ProviderSuppression.objects.filter(email=key(contact.email)).select_related("webhook")
    told = listed.annotate(told_at=Coalesce("since", "read_at"))
    for one in latest(told, wanted, "told_at"):
        name = kinds()[one.webhook.kind].name
        title = f"On {name}’s own list: {_WORDS.get(one.reason, one.reason)}"
        yield Entry(one.told_at, "suppression", title, one.words or "It takes mail for them and drops it.")


def _has_keys(webhook: Webhook) -> bool:
    try:
        given = webhook.keys
    except Unreadable:
        return False
    return any(given.get(one.name) for one in kinds()[webhook.kind].list_keys)
