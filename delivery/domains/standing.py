"""What is known of a From address's domain, for those who write campaigns and for preflight."""

from dataclasses import dataclass
from typing import Literal

from delivery.domains import known
from delivery.domains.free_mail import FREE_MAIL
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report, Way
from delivery.models import Provider

Kind = Literal["none", "free-mail", "not-ours", "not-known", "fails", "no-dmarc", "half", "passes"]
OWN_DOMAIN = "Send from an address at a domain of your own."
_STATES = {"passes": "good", "half": "warn", "not-known": "wait", "none": "wait"}
_LABELS = {
    "free-mail": "Free mail",
    "not-ours": "Not confirmed",
    "not-known": "Not known yet",
    "fails": "Does not pass",
    "no-dmarc": "No DMARC record",
    "half": "Could be better",
    "passes": "Passes",
}


@dataclass(frozen=True, slots=True)
class Standing:
    kind: Kind
    name: str
    text: str = ""
    domain_id: int | None = None
    since_broken: bool = False

    @property
    def state(self) -> str:
        return _STATES.get(self.kind, "bad")

    @property
    def label(self) -> str:
        """Empty where there is no domain to speak of."""
        return _LABELS.get(self.kind, "")

    @property
    def is_short(self) -> bool:
        """Mailboxes that ask for DMARC do not get what they ask for."""
        return self.kind in ("fails", "no-dmarc")


def of(address: str, provider: Provider | None = None) -> Standing:
    """From what the last check found; nothing is asked here. `provider`: through which the mail is to leave."""
    name = known.domain_of(address)
    if not name:
        return Standing("none", name)
    if name in FREE_MAIL:
        return Standing("free-mail", name, _free_mail(name))
    domain = SendingDomain.objects.filter(name=name).first()
    if not (domain and domain.is_confirmed) and name != known.own_domain():
        text = f"No admin has said yet that {name} is yours."
        return Standing("not-ours", name, text, domain.pk if domain else None)
    if domain is None or not domain.report:
        return Standing(
            "not-known", name, f"The DNS of {name} has not been looked at yet.", domain.pk if domain else None
        )
    return _judged(domain, provider)


def remark(address: str) -> str:
    """For whoever enters the address as a sender; nothing is asked of the database."""
    name = known.domain_of(address)
    return f"{_free_mail(name)} {OWN_DOMAIN}" if name in FREE_MAIL else ""


def _free_mail(name: str) -> str:
    return f"Nobody but {name} itself may send as {name}, so mailboxes refuse it."


def _judged(domain: SendingDomain, provider: Provider | None) -> Standing:
    report = Report.read(domain.report)
    name, pk, broken = domain.name, domain.pk, domain.broken_since is not None
    ways = [way for way in report.used if provider is None or way.provider_id == provider.pk]
    if provider is not None and not ways and (way := report.way(provider.pk)):
        ways = [way]
    if any(way.passes is False for way in ways):
        text = f"Mail from {name} passes neither SPF nor DKIM for that domain: to mailboxes it looks like a forgery."
        return Standing("fails", name, text, pk, broken)
    if report.has_dmarc is False:
        text = f"{name} has no DMARC record, which Gmail, Microsoft and Yahoo ask of everybody who sends much."
        return Standing("no-dmarc", name, text, pk, broken)
    if not ways or report.has_dmarc is None or any(way.passes is None for way in ways):
        return Standing("not-known", name, f"Whether mail from {name} passes is not known yet.", pk, broken)
    if any(_is_half(way) for way in ways):
        text = f"Mail from {name} passes. Gmail, Microsoft and Yahoo want both SPF and DKIM of who sends much."
        return Standing("half", name, text, pk, broken)
    return Standing("passes", name, f"Mail from {name} passes.", pk, broken)


def _is_half(way: Way) -> bool:
    return way.spf_passes is False or way.dkim_passes is False
