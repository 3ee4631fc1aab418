"""Webhooks made, changed and looked after."""

import secrets as random
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.egress.fetching import Client, NoAnswer
from accounts.egress.guard import Refused
from delivery.feedback.webhooks import certificates
from delivery.feedback.webhooks.catalogue import Kind, kinds
from delivery.models import Batch, Provider, Webhook
from delivery.policy import silence
from delivery.providers import services


class NotConfirmed(Exception):
    """The text is for staff."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider of ours whose service could report, and does not."""

    provider: Provider
    kind: Kind


def add(kind: str, *, provider: Provider | None = None, label: str = "") -> Webhook:
    webhook = Webhook(kind=kind, provider=provider, label=label)
    webhook.secret, webhook.password = random.token_urlsafe(32), random.token_urlsafe(24)
    webhook.save()
    return webhook


def enter_keys(webhook: Webhook, given: dict[str, str]) -> list[str]:
    """An empty one keeps what is there. Returns the names of those that changed. Raises secrets.Unreadable."""
    changed = {name: value.strip() for name, value in given.items() if value.strip()}
    if changed:
        webhook.keys = {**webhook.keys, **changed}
        webhook.save(update_fields=["keys_sealed", "keys_set_at"])
    return sorted(changed)


def confirm_topic(webhook: Webhook) -> str:
    """Tell Amazon that the topic it offered is ours, and believe it from then on. Raises NotConfirmed."""
    offered = webhook.learnt.get("offered") or {}
    topic, url = str(offered.get("topic", "")), str(offered.get("url", ""))
    if not topic:
        raise NotConfirmed("Amazon has not asked yet, or it was confirmed already.")
    if not certificates.is_subscribing(url):
        raise NotConfirmed("The link to confirm with does not lead to Amazon, so nothing was done.")
    try:
        answer = Client().get(url)
    except (Refused, NoAnswer) as problem:
        raise NotConfirmed(f"{problem} Try again later: Amazon's link is good for three days.") from None
    if answer.status != 200:
        raise NotConfirmed(f"Amazon answered {answer.status}. Have the topic ask again: SNS, Request confirmation.")
    believe(webhook, topic)
    return topic


def believe(webhook: Webhook, topic: str) -> None:
    with transaction.atomic():
        fresh = Webhook.objects.select_for_update().get(pk=webhook.pk)
        fresh.learnt["topics"] = sorted({*fresh.learnt.get("topics", ()), topic})
        fresh.learnt.pop("offered", None)
        fresh.save(update_fields=["learnt"])


def offers() -> list[Offer]:
    known = set(Webhook.objects.values_list("kind", flat=True))
    found = []
    for provider in Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX).order_by("name"):
        service = services.of(provider.service, provider.host)
        if service in kinds() and service not in known:
            found.append(Offer(provider, kinds()[service]))
    return found


def look_for_silence() -> None:
    """Whether events still come while mail is accepted; for a task."""
    now = timezone.now()
    for webhook in Webhook.objects.filter(state=Webhook.State.ACTIVE):
        quiet = silence.is_silent(_accepted(webhook), webhook.last_event_at, webhook.created_at, now)
        if quiet != (webhook.silent_since is not None):
            since = (webhook.last_event_at or webhook.created_at) if quiet else None
            Webhook.objects.filter(pk=webhook.pk).update(silent_since=since)


def _accepted(webhook: Webhook) -> int:
    """Of campaigns that began within a day or are still being sent, by its provider; where it names none, by all of
    its kind. What went another way because its provider was out of order is among them: it is rare enough."""
    providers: Any = [webhook.provider_id]
    if webhook.provider_id is None:
        found = Provider.objects.values_list("pk", "service", "host")
        providers = [pk for pk, service, host in found if services.of(service, host) == webhook.kind]
    lately = Q(started_at__gte=timezone.now() - silence.WITHIN) | Q(state=Batch.State.SENDING)
    mailed = Batch.objects.filter(lately, provider_id__in=providers, rehearsal=False)
    return int(mailed.aggregate(sum=Sum("accepted"))["sum"] or 0)
