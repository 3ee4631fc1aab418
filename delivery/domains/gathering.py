"""The facts of a domain's check, as the database has them."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation
from delivery.domains import catalogue
from delivery.domains.delivered.models import DomainMail
from delivery.domains.facts import Facts, WayOut
from delivery.domains.models import SendingDomain
from delivery.feedback.listening import admission
from delivery.models import Batch, Provider, ReturnMailbox
from delivery.routing import carriers

_LATELY = timedelta(days=90)


def facts(domain: SendingDomain) -> Facts:
    organisation = Organisation.get() or Organisation()
    return Facts(
        domain.name,
        organisation.bounce_domain,
        urlsplit(organisation.public_address).hostname or "",
        urlsplit(domain.tracking_url).hostname or "",
        urlsplit(organisation.tracking_url).hostname or "",
        tuple(ways_out(domain.name)),
        {key: [str(name) for name in names] for key, names in domain.selectors.items()},
        tuple(domain.signing_keys.order_by("pk").values_list("selector", "record")),
        domain.signs,
        reports_to(organisation),
        return_names={key: str(name) for key, name in domain.return_names.items()},
        proofs=_proofs(domain),
    )


def _proofs(domain: SendingDomain) -> dict[int, tuple[str, ...]]:
    """What the last mail that was sent to see it arrive passed, by provider."""
    arrived = DomainMail.objects.filter(domain=domain, state=DomainMail.State.ARRIVED).order_by("arrived_at")
    return {provider_id: tuple(passed) for provider_id, passed in arrived.values_list("provider_id", "passed")}


def reports_to(organisation: Organisation) -> str:
    """Where DMARC reports are read; empty: nowhere yet."""
    if organisation.bounce_domain:
        return f"{admission.REPORTS}@{organisation.bounce_domain}"
    mailboxes = ReturnMailbox.objects.filter(is_paused=False, username__contains="@").order_by("pk")
    return mailboxes.values_list("username", flat=True).first() or ""


def ways_out(name: str) -> list[WayOut]:
    """Every real one; used are the default, those on a route for this domain, and those it left through lately."""
    real = Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX).order_by("-is_default", "name")
    legs = [leg.provider_id for path in carriers.paths() if path.sender_domain in ("", name) for leg in path.legs]
    recent = Q(sender_domain=name, rehearsal=False, created_at__gt=timezone.now() - _LATELY)
    used = {*legs, *Batch.objects.filter(recent).order_by().values_list("provider_id", flat=True).distinct()}
    return [
        WayOut(
            provider.pk,
            provider.name,
            provider.host,
            catalogue.of(provider.service, provider.host),
            provider.kind == Provider.Kind.SMTP,
            provider.is_default or provider.pk in used,
        )
        for provider in real
    ]
