"""Addresses that can be written to but perhaps should not: of an office, or made to be thrown away."""

from collections.abc import Set
from functools import cache

# RFC 2142 and what is usual beside it; whoever reads them changes, and so does who has agreed.
_NAMES = (
    "abuse accounting accounts admin administrator all billing bookings bookkeeping buchhaltung careers compliance "
    "contact contacto customerservice dataprotection datenschutz dev devnull dns einkauf enquiries everyone feedback "
    "finance ftp gdpr general hello help helpdesk hostmaster hr inbox info info-de information inquiries inquiry "
    "invoice invoices it jobs kontakt kundenservice legal list-request mail mailer-daemon marketing media news "
    "no-reply noc nobody noreply office order orders personal post postmaster presse press privacy recruiting "
    "redaktion registrar remove reservations root sales security service shop spam subscribe support sysadmin "
    "team tech undisclosed-recipients unsubscribe usenet vertrieb verwaltung webmaster www zentrale"
)
ROLES = frozenset(_NAMES.split())


def is_role(email: str) -> bool:
    local = email[: email.rfind("@")].lower()
    return local in ROLES or local.partition("+")[0] in ROLES


def is_disposable(email: str) -> bool:
    """Also a domain below one that is known for it."""
    domain = email[email.rfind("@") + 1 :]
    known = _disposable()
    return domain in known or (domain.count(".") > 1 and domain.partition(".")[2] in known)


@cache
def _disposable() -> Set[str]:
    """2 MB, for imports alone."""
    from disposable_email_domains import blocklist

    return blocklist
