"""Whether mailboxes will believe the From address: what its domain's DNS says, weighed by who is written to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.organisation import senders
from campaigns.models import Campaign
from campaigns.preflight.findings import Finding
from contacts import audience
from delivery.domains import known, standing
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report
from delivery.domains.standing import Standing
from delivery.models import Batch, Provider, Route
from delivery.policy import mailbox_providers
from delivery.routing import explain
from delivery.routing.explain import Stop

# From that many a day Gmail, Yahoo and Microsoft refuse what passes no DMARC; La Poste asks it of everybody.
MANY_A_DAY = 5_000
_STRICT = {"gmail": "Gmail", "yahoo": "Yahoo", "microsoft": "Microsoft"}
_LA_POSTE = "laposte.net"
_GRAVITY = ("free-mail", "not-ours", "none", "fails", "no-dmarc", "half", "not-known", "passes")
_CURE = "Have an admin enter the records under Delivery, Domains; or rehearse through the sandbox."


def check(campaign: Campaign, provider: Provider, address: str) -> Iterator[Finding]:
    """Of a rehearsal nothing is asked but that the address could be real: it reaches nobody."""
    is_real = not provider.is_rehearsal
    stops = _stops(address, provider)
    found = _worst(address, provider, stops)
    if found.kind == "free-mail":
        level = "block" if is_real else "warn"
        text = f"Mail from {found.name} through another server is refused by most mailboxes."
        yield Finding(level, "free-mail", text, standing.OWN_DOMAIN, "from")  # type: ignore[arg-type]
    elif not is_real:
        return
    elif problem := senders.why_no_domain(address):
        yield Finding("block", "no-domain", problem, standing.OWN_DOMAIN, "from")
    elif found.kind == "not-ours":
        cure = "An admin confirms it under Delivery, Domains. Or use an address of a domain that is confirmed."
        yield Finding("block", "domain-not-ours", found.text, cure, "from")
    elif found.is_short:
        yield _weighed(campaign, found)
    else:
        if words := senders.of_own_network(address):
            yield Finding("warn", "private-domain", words, standing.OWN_DOMAIN, "from")
        if found.kind == "half":
            yield Finding("warn", "domain-half", found.text, "See under Delivery, Domains, what is missing.", "from")
        for stop in stops:
            if stop not in _carrying(stops) and (if_it_must := standing.of(address, stop.provider)).is_short:
                text = f"Should {stop.provider} have to carry it: {if_it_must.text}"
                yield Finding("warn", "domain-backup", text, _CURE, "from")


def now(address: str, provider: Provider) -> Standing:
    """How mail from this address stands; of a rehearsal, whatever real mail of that domain leaves through."""
    return _worst(address, provider, _stops(address, provider))


def _stops(address: str, provider: Provider) -> list[Stop]:
    """Whoever may carry it, by its route; none without one."""
    if provider.is_rehearsal or not Route.objects.exists():
        return []
    return explain.way(Batch.Stream.MARKETING, known.domain_of(address), provider).stops


def _carrying(stops: list[Stop]) -> list[Stop]:
    """All of them while nobody can."""
    return [stop for stop in stops if stop.share] or stops


def _worst(address: str, chosen: Provider, stops: list[Stop]) -> Standing:
    found = [_through(stop.provider, chosen, address) for stop in _carrying(stops)]
    if not found:
        return standing.of(address, None if chosen.is_rehearsal else chosen)
    return min(found, key=lambda each: _GRAVITY.index(each.kind))


def _through(carrier: Provider, chosen: Provider, address: str) -> Standing:
    found = standing.of(address, carrier)
    is_told = carrier != chosen and (found.is_short or found.kind == "half")
    return replace(found, text=f"Through {carrier}: {found.text}") if is_told else found


def _weighed(campaign: Campaign, found: Standing) -> Finding:
    """Blocked where it would be refused for sure, a warning elsewhere."""
    people, la_poste = _people(campaign)
    if la_poste and found.kind == "fails":
        text = f"{found.text} La Poste refuses that at any number, and {la_poste:,} of these people are there."
        return Finding("block", "domain-fails", text, _CURE, "from")
    today = _sent_today(found.name) if people else {}
    for lane, name in _STRICT.items():
        many = people.get(lane, 0) + today.get(lane, 0)
        if people.get(lane) and many > MANY_A_DAY:
            text = f"{found.text} {name} refuses that above {MANY_A_DAY:,} mails a day, and this would make {many:,}."
            return Finding("block", "domain-fails", text, _CURE, "from")
    return Finding("warn", "domain-fails", f"{found.text} Some of it will be refused or land in spam.", _CURE, "from")


def _people(campaign: Campaign) -> tuple[dict[str, int], int]:
    """By mailbox provider, and those at La Poste; asked only of a domain that fails."""
    chosen = campaign.audience()
    if not chosen.lists:
        return {}, 0
    sql, parameters = audience.select(chosen)
    lane, of_lane = mailbox_providers.sql("a.email")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {lane}, count(*), count(*) FILTER (WHERE a.email ILIKE %s) FROM ({sql}) a GROUP BY 1",  # noqa: S608
            [*of_lane, f"%@{_LA_POSTE}", *parameters],
        )
        rows = cursor.fetchall()
    return {name: count for name, count, _ in rows}, sum(at_la_poste for _, _, at_la_poste in rows)


def _sent_today(domain: str) -> dict[str, int]:
    """What left from the domain's mail in the last 24 hours and still will: they count it by the main domain, which is
    the zone that the last look at the DNS found."""
    found = SendingDomain.objects.filter(name=domain).first()
    main = (Report.read(found.report).zone if found else "") or domain
    since = timezone.now() - timedelta(hours=24)
    of_main = Q(sender_domain=main) | Q(sender_domain__endswith=f".{main}")
    recent = Batch.objects.filter(of_main, rehearsal=False, started_at__gt=since)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lane, sum(accepted) FROM delivery_chunk WHERE batch_id = ANY(%s) GROUP BY 1",
            [list(recent.values_list("pk", flat=True))],
        )
        return {lane: int(count or 0) for lane, count in cursor.fetchall()}
