"""Which domains there are: they appear from the From addresses in use, and an admin says which are ours."""

from collections.abc import Callable, Iterable

from django.utils import timezone

from accounts.models import Organisation
from accounts.registry import Registry
from accounts.web_addresses import NoHost, ascii_host
from contacts.models import MailingList
from delivery.domains.free_mail import FREE_MAIL
from delivery.domains.models import SendingDomain

_MOST = 200  # that nobody has confirmed: whatever is typed as a sender appears here

Source = Callable[[], Iterable[str]]
_sources = Registry[Source]()
# `source` gives the From addresses in use of a part above.
register = _sources.register


def domain_of(address: str) -> str:
    """As it travels; empty for what is no domain."""
    try:
        name = ascii_host(address.rpartition("@")[2].strip().removesuffix("."))
    except NoHost:
        return ""
    return name if "." in name else ""


def own_domain() -> str:
    """Of the organisation's own sender, which only admins can set: it needs no further word."""
    organisation = Organisation.for_page()
    return domain_of(organisation.sender_email) if organisation else ""


def expected() -> str:
    """The domain of the organisation's sender, for whoever asks before it has appeared by itself; else empty."""
    own = own_domain()
    return "" if own in FREE_MAIL or SendingDomain.objects.filter(name=own).exists() else own


def is_ours(name: str) -> bool:
    """Whether mail may leave in its name for real."""
    return name == own_domain() or SendingDomain.objects.confirmed().filter(name=name).exists()


def counting_addresses() -> list[str]:
    """Scheme and host by which domains that have one of their own count the links of their mail.

    Every page asks that is not opened at the public address: see `Organisation.for_page`.
    """
    query = "SELECT id, tracking_url FROM delivery_sendingdomain WHERE confirmed_at IS NOT NULL AND tracking_url <> ''"
    return [domain.tracking_url for domain in SendingDomain.objects.raw(query)]


def counting_address(sender: str) -> str:
    """The one of mail from this address; empty: the organisation's."""
    found = SendingDomain.objects.confirmed().filter(name=domain_of(sender))
    return found.values_list("tracking_url", flat=True).first() or ""


def appear() -> int:
    """Make a row of every domain in use that has none; how many are new. The organisation's own is confirmed."""
    own = own_domain()
    lists = MailingList.objects.filter(archived_at=None).exclude(sender_email="")
    found = {own, *map(domain_of, lists.values_list("sender_email", flat=True))}
    found |= {domain_of(address) for source in _sources for address in source()}
    found -= {"", *FREE_MAIL}
    new = sorted(found - set(SendingDomain.objects.filter(name__in=found).values_list("name", flat=True)))
    if SendingDomain.objects.filter(confirmed_at=None).count() > _MOST:
        new = [name for name in new if name == own]
    SendingDomain.objects.bulk_create([SendingDomain(name=name) for name in new], ignore_conflicts=True)
    for unconfirmed in SendingDomain.objects.filter(name=own, confirmed_at=None) if own else ():
        unconfirmed.confirmed_at = timezone.now()
        unconfirmed.save(update_fields=["confirmed_at"])
        unconfirmed.ask_for_checks()
    return len(new)
