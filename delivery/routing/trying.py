"""The way that a mail to one address would take now, and why. Nothing is sent, asked or counted."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import wording
from contacts import addresses
from contacts.guessing import languages
from contacts.models import Contact, Suppression
from delivery.domains import standing
from delivery.models import Batch, MailDomain, Provider
from delivery.policy import mailbox_providers
from delivery.routing import explain
from delivery.routing.explain import Way
from delivery.throttling import lane_rates, limits, warmup_plans
from delivery.throttling.lane_rates import NAMES
from delivery.throttling.limits import Limits
from delivery.transports.api import catalogue
from delivery.transports.smtp.encoding import envelope_address


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` is one of the face's states: good, wait, warn, bad, none."""

    kind: str
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Trial:
    """`findings` in the order in which they are asked while a mail is sent."""

    email: str
    way: Way
    findings: list[Finding]

    @property
    def kind(self) -> str:
        kinds = {finding.kind for finding in self.findings}
        return next((kind for kind in ("bad", "wait", "warn") if kind in kinds), "good")

    @property
    def sentence(self) -> str:
        through = " or ".join(wording.isolated(str(stop.provider)) for stop in self.way.now)
        match self.kind:
            case "bad":
                return "Nothing would be sent."
            case "wait":
                return "It would wait."
            case _ if self.way.own.is_rehearsal:
                return "It would go to the sandbox, and reach nobody."
            case _:
                return f"It would leave now, through {through}."


def attempt(email: str, sender: str, stream: str, own: Provider) -> Trial:
    """`email` and `sender` as addresses are stored; `own`: the provider it would be launched through."""
    domain = sender.rpartition("@")[2].lower()
    way = explain.way(stream, domain, own)
    lane, learnt = _lane_of(email)
    findings = [*_recipient(email, stream), *_sender(sender, stream, way), _mailbox(email, lane, learnt), *_route(way)]
    for stop in way.now:
        findings += _by_api(stop.provider, stream)
        findings += _limits(stop.provider, domain, stream)
        findings += _lane(stop.provider, lane)
    return Trial(email, way, findings)


def _recipient(email: str, stream: str) -> Iterator[Finding]:
    key = addresses.key(email)
    found = _suppression(key)
    if found and (stream == Batch.Stream.MARKETING or found.reason != Suppression.Reason.UNSUBSCRIBED):
        since = wording.day(timezone.localtime(found.created_at).date(), timezone.localdate())
        reason = Suppression.Reason(found.reason).label
        yield Finding("bad", "Recipient", f"The address is suppressed since {since}: {reason[:1].lower()}{reason[1:]}.")
        return
    if envelope_address(email) is None:
        yield Finding("bad", "Recipient", "No envelope can name it: there is a letter beyond ASCII before the @.")
        return
    person = Contact.objects.annotate(key=Lower("email")).filter(key=key).first()
    if person is None:
        yield Finding("none", "Recipient", "Not suppressed, and no contact: campaigns go to contacts on a list alone.")
    elif stream == Batch.Stream.MARKETING and person.is_paused:
        yield Finding("bad", "Recipient", "This person has paused all mail for a while.")
    else:
        yield Finding("good", "Recipient", "A contact, and not suppressed. Which lists they are on decides a campaign.")
    if person is not None and stream == Batch.Stream.MARKETING:
        yield Finding("none", "Language", _language(person))


def _language(person: Contact) -> str:
    if not person.best_language:
        return "Not known: of a campaign in several languages they get the default."
    name = languages.name_of(languages.wider(person.best_language))
    how = "as they said" if person.language else "as we guess"
    return f"{name}, {how}: of a campaign in several languages they get that one, else the default."


def _suppression(key: str) -> Suppression | None:
    """Also of an erased person, whose address is kept as a hash."""
    return Suppression.objects.extra(where=["email IN (%s, contacts_erased(%s))"], params=[key, key]).first()


# A domain that fails is no reason to hold a mail back here: preflight weighs it by who is written to.
_NO_STOP = {"good": "good", "wait": "none"}


def _sender(sender: str, stream: str, way: Way) -> Iterator[Finding]:
    if way.own.is_rehearsal:
        return
    for stop in way.now[:1]:
        found = standing.of(sender, stop.provider)
        is_refused = found.kind in ("not-ours", "free-mail") and stream == Batch.Stream.MARKETING
        kind = "bad" if is_refused else _NO_STOP.get(found.state, "warn")
        if found.text:
            yield Finding(kind, "Sender", found.text)


def _lane_of(email: str) -> tuple[str, MailDomain | None]:
    """By its name, else by the exchanger that its domain was found to have."""
    by_name = mailbox_providers.lane(email)
    if by_name != mailbox_providers.OTHER:
        return by_name, None
    learnt = MailDomain.objects.filter(domain=email.rpartition("@")[2].lower()).first()
    return (learnt.lane if learnt else by_name), learnt


def _mailbox(email: str, lane: str, learnt: MailDomain | None) -> Finding:
    domain = email.rpartition("@")[2]
    name = mailbox_providers.IN_WORDS[lane]
    if lane == mailbox_providers.OTHER:
        why = f"{domain} belongs to none of the large ones" + ("." if learnt else ", by its name.")
        return Finding("none", "Mailbox", f"It counts among {name}: {why}")
    why = f"{domain} takes its mail at {learnt.mx}." if learnt else f"{domain} is theirs."
    return Finding("none", "Mailbox", f"It counts as {name}: {why}")


def _route(way: Way) -> Iterator[Finding]:
    if way.own.is_in_rehearsal:
        yield Finding("none", "Way", f"{way.own} is in rehearsal, so the sandbox takes what is launched through it.")
        return
    for trouble in way.troubles:
        yield Finding("warn" if way.now else "wait", "Way", trouble)
    if way.now:
        text = "A route decides." if way.has_route else f"No route names it, so {way.own} carries it alone."
        yield Finding("good", "Way", text)
    elif not way.has_route:
        yield Finding("wait", "Way", "No route gives it another way.")


def _by_api(provider: Provider, stream: str) -> Iterator[Finding]:
    listed = catalogue.of(provider)
    if listed is None:
        return
    text = f"{provider} is reached by its web API: its page says what of a mail arrives."
    yield Finding("none", "Way", text)
    if listed.headers and stream == Batch.Stream.MARKETING:
        yield Finding("warn", "Way", listed.headers)


def _limits(provider: Provider, sender_domain: str, stream: str) -> Iterator[Finding]:
    pace = Limits.of(provider).rate_per_second
    if pace:
        yield Finding("none", "Limits", f"{provider} takes {pace:g} a second, evenly spread.")
    with connection.cursor() as cursor:
        for quota in limits.quotas(cursor, provider):
            text = f"{provider} has {quota.left:,} left of {quota.limit:,} {quota.span}."
            yield Finding("none" if quota.left else "wait", "Limits", text)
    if stream != Batch.Stream.MARKETING:
        return
    for plan in warmup_plans.plans_of(provider, sender_domain):
        text = f"{plan} is warming up, day {plan.day}: {plan.left:,} of {plan.cap:,} left today."
        yield Finding("none" if plan.left else "wait", "Warm-up", text)


def _lane(provider: Provider, lane: str) -> Iterator[Finding]:
    for slowed in lane_rates.slowed(provider):
        if slowed.name != NAMES[lane]:
            continue
        if slowed.next_try_at:
            at = wording.moment(timezone.localtime(slowed.next_try_at), timezone.localtime())
            yield Finding("wait", "Slowed down", f"{slowed.name} asks us to wait until {at}.")
        else:
            yield Finding(
                "warn", "Slowed down", f"{slowed.name} takes about {slowed.per_minute or 0:.0f} a minute now."
            )
