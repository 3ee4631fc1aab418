"""Sending such a mail, and taking what a mailbox said of it: read there by us, or pasted by whoever has it."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from delivery import staff_mail
from delivery.domains import catalogue, gathering
from delivery.domains.delivered import reading
from delivery.domains.delivered.models import DomainMail
from delivery.domains.delivered.reading import Arrived
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report
from delivery.models import Provider, ReturnMailbox

State = DomainMail.State
_MOST_AN_HOUR = 20
_PASTED_BYTES = 100_000


class NotPossible(Exception):
    """Its words are for people."""


def recipients(user: User) -> list[tuple[str, bool]]:
    """To whom it may go: oneself, and mailboxes of ours, which are read by themselves."""
    read_here = ReturnMailbox.objects.filter(is_paused=False, username__contains="@").order_by("pk")
    addresses = dict.fromkeys(read_here.values_list("username", flat=True), True)
    return [*addresses.items(), *([] if user.email in addresses else [(user.email, False)])]


def providers(domain: SendingDomain) -> list[Provider]:
    used = [out.provider_id for out in gathering.ways_out(domain.name) if out.is_used]
    found = Provider.objects.in_bulk(used)
    return [found[pk] for pk in used if not found[pk].is_stopped]


def begin(domain: SendingDomain, provider_id: int, to: str, by: User) -> DomainMail:
    """Made, not sent yet: a task does that. Raises NotPossible."""
    if provider_id not in {provider.pk for provider in providers(domain)}:
        raise NotPossible("That provider carries none of this domain's mail now.")
    allowed = dict(recipients(by))
    if to not in allowed:
        raise NotPossible("It goes to your own address, or to a mailbox that is read here.")
    lately = DomainMail.objects.filter(created_at__gt=timezone.now() - timedelta(hours=1))
    if lately.count() >= _MOST_AN_HOUR:
        raise NotPossible(f"{_MOST_AN_HOUR} such mails were sent within an hour. Try again later.")
    return DomainMail.objects.create(
        domain=domain, provider_id=provider_id, to=to, is_read_here=allowed[to], sent_by=by
    )


def send(mail_id: int) -> None:
    """Once; a task that runs twice finds it taken."""
    mail = DomainMail.objects.select_related("domain", "provider").filter(pk=mail_id, state=State.SENDING).first()
    organisation = Organisation.get()
    if mail is None or organisation is None or not _taken(mail):
        return
    sender = f"postmaster@{organisation.bounce_domain}" if organisation.bounce_domain else _from(mail, organisation)
    outcome = staff_mail.send_raw_through(
        mail.provider, _written(mail, organisation), sender=sender, to=mail.to, signed_as=mail.domain.name
    )
    if outcome.problem and not outcome.may_have_arrived:
        DomainMail.objects.filter(pk=mail.pk).update(state=State.FAILED, problem=outcome.problem[:500])
    if mail.is_read_here:
        ReturnMailbox.objects.filter(username=mail.to, failures=0).update(next_poll_at=timezone.now())


def take_pasted(mail: DomainMail, text: str) -> None:
    """Raises NotPossible."""
    found = reading.read(text.strip().encode()[:_PASTED_BYTES])
    if found is None or found.token != mail.token:
        where = "Open it, choose “Show original” or “View source”, and copy all of it."
        raise NotPossible(f"Those are not the headers of this mail. {where}")
    _take(mail, found)


def take(found: Arrived) -> bool:
    """What a mailbox of ours holds. False: we sent no such mail."""
    mail = DomainMail.objects.select_related("domain").filter(token=found.token).first()
    if mail is None:
        return False
    if mail.state != State.ARRIVED:
        _take(mail, found)
    return True


def _taken(mail: DomainMail) -> bool:
    """From now on it may have been sent."""
    return bool(DomainMail.objects.filter(pk=mail.pk, state=State.SENDING).update(state=State.SENT))


@transaction.atomic
def _take(mail: DomainMail, found: Arrived) -> None:
    if not found.results:
        raise NotPossible("This mailbox writes no Authentication-Results. Send one to another, such as at Gmail.")
    for method in ("spf", "dkim", "dmarc"):
        verdicts = [result.verdict for result in found.results if result.method == method]
        setattr(mail, method, "pass" if "pass" in verdicts else verdicts[0] if verdicts else "")
    organisational = Report.read(mail.domain.report).dmarc_at or mail.domain.name
    passed = [result for result in found.results if result.verdict == "pass"]
    ours = {result.method for result in passed if _is_ours(result.domain, mail.domain.name, organisational)}
    mail.passed = sorted(ours - {"dmarc"})
    if found.offers_one_click:
        signed = {result.domain for result in passed if result.method == "dkim"}
        mail.is_one_click_signed = any(
            at == host or at.endswith(f".{host}") for at in signed for host in found.covering
        )
    mail.said_by, mail.state, mail.arrived_at = found.said_by, State.ARRIVED, timezone.now()
    mail.save()
    if "dkim" in mail.passed:
        _learn_keys(mail, [name for at, name in found.keys if _is_ours(at, mail.domain.name, organisational)])
    SendingDomain.objects.get(pk=mail.domain_id).ask_for_checks()


def _learn_keys(mail: DomainMail, selectors: list[str]) -> None:
    """Names of keys that nobody has to look up and enter then."""
    provider = Provider.objects.get(pk=mail.provider_id)
    service = catalogue.of(provider.service, provider.host)
    own = set(mail.domain.signing_keys.values_list("selector", flat=True))
    domain = SendingDomain.objects.select_for_update().get(pk=mail.domain_id)
    known = [str(name) for name in domain.selectors.get(service.key, [])]
    new = [name for name in selectors if name not in {*known, *own, *service.selectors}]
    if new and len(known) + len(new) <= 5:
        domain.selectors = {**domain.selectors, service.key: [*known, *new]}
        domain.save(update_fields=["selectors"])


def _is_ours(host: str, name: str, organisational: str) -> bool:
    """Aligned in the relaxed way, by what the last check found of who owns what."""
    return bool(host) and any(
        host == at or host.endswith(f".{at}") or name.endswith(f".{host}") for at in (name, organisational)
    )


def _from(mail: DomainMail, organisation: Organisation) -> str:
    at = organisation.sender_email.rpartition("@")
    return organisation.sender_email if at[2].lower() == mail.domain.name else f"{at[0] or 'news'}@{mail.domain.name}"


def _written(mail: DomainMail, organisation: Organisation) -> bytes:
    written = EmailMessage()
    written["From"] = formataddr((str(organisation), _from(mail, organisation)))
    written["To"] = mail.to
    written["Subject"] = f"Does mail from {mail.domain.name} pass?"
    written["Date"] = format_datetime(timezone.now())
    written["Message-ID"] = f"<{mail.token}@{mail.domain.name}>"
    written[reading.MARK] = mail.token
    written["Auto-Submitted"] = "auto-generated"
    # As a campaign has them, so that it shows whether the signature covers them. Nobody can leave by this one.
    written["List-Unsubscribe"] = f"<{organisation.public_address}/u/{mail.token}>"
    written["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    written.set_content(
        f"This mail left as {mail.domain.name} through {mail.provider}.\n\nOpen its source (“Show original”), copy all "
        f"of it, and paste it on the page of the domain: there it says what your mailbox found.\n"
    )
    return written.as_bytes(policy=SMTP)
