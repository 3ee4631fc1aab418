"""A domain looked at whole: the records that its providers ask for, beside what the DNS answers. No models."""

from delivery.domains import extras, key_rows, rows, ways
from delivery.domains.extras import Fetch
from delivery.domains.facts import Facts
from delivery.domains.looking import Look
from delivery.domains.report import Report
from delivery.domains.resolver import Ask


def check(facts: Facts, ask: Ask, fetch: Fetch | None = None) -> Report:
    """Never raises; how long it takes is bounded by the resolver."""
    look = Look(facts, ask)
    found = [*rows.ownership(look), *rows.spf(look), *key_rows.rows(look), rows.dmarc(look), *rows.reports(look)]
    found += rows.returns(look)
    return Report(
        facts.domain,
        look.zone,
        [*found, *rows.bounce(look), *rows.tracking(look), *extras.rows(look, fetch)],
        [ways.way(look, out) for out in facts.ways],
        True if look.dmarc.holds else (False if look.dmarc.is_complete else None),
        look.dmarc.policy,
        look.dmarc.found_at,
        look.is_missing,
    )
