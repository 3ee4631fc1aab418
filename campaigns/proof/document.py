"""What a proof sheet says, as plain data: numbers, words and digests of what was sent; of people only counts."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign, Edition, ProofSheet
from campaigns.proof import sources
from campaigns.proof.signing import FORMAT
from campaigns.sending import revising
from delivery import ledger
from delivery.models import Batch
from tracking.reports import numbers

_TERMS = ("total", "accepted", "waiting", "refused", "uncertain", "skipped", "unaccounted")


def of_sheet(sheet: ProofSheet) -> dict[str, Any]:
    campaign, batch = sheet.campaign, sheet.campaign.batch
    assert batch is not None  # noqa: S101  # made for launched campaigns alone
    report = numbers.report([batch.pk], names_people=False)
    tally = ledger.tally(batch)
    return {
        "format": FORMAT,
        "kind": "campaign",
        "campaign": {"id": campaign.pk, "name": campaign.name, "batch": batch.pk, "rehearsal": batch.rehearsal},
        "organisation": _organisation(batch),
        "sent": {
            "provider": str(batch.provider or ""),
            "launched_at": moment(batch.created_at),
            "started_at": moment(batch.started_at),
            "finished_at": moment(batch.finished_at),
        },
        "tally": {term: getattr(tally, term) for term in _TERMS},
        "left_out": dict(batch.left_out),
        "came_back": {part.key: part.people for part in report.returned},
        "unsubscribed": report.unsubscribed.people,
        "versions": _versions(campaign, batch),
        "consent": [
            {"source": source, "means": sources.label(source), "people": people}
            for source, people in sorted(sheet.sources.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        "made": {"at": moment(timezone.now()), "by": str(sheet.created_by or "")},
    }


def moment(at: datetime | None) -> str | None:
    """In UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else None


def mail_digest(edition: Edition) -> str:
    """Of the mail's words as they were frozen, with merge tags."""
    frozen = "\0".join((edition.sender_name, edition.sender_email, edition.subject, edition.html, edition.text))
    return sha256(frozen.encode()).hexdigest()


def _organisation(batch: Batch) -> dict[str, str]:
    frozen = (
        Edition.objects.filter(batch=batch, is_test=False).order_by("version").values_list("organisation", flat=True)
    )
    known = frozen.first() or {}
    return {name: str(known.get(name, "")) for name in ("name", "postal_address", "public_address")}


def _versions(campaign: Campaign, batch: Batch) -> list[dict[str, Any]]:
    people = {sent.number: sent for sent in revising.versions(batch)}
    found = []
    for edition in Edition.objects.filter(batch=batch, is_test=False, translation_of=None).order_by("version"):
        sent = people.get(edition.version)
        found.append(
            {
                "version": edition.version,
                "since": moment(sent.since if sent else batch.started_at),
                "people": sent.people if sent else ledger.tally(batch).accepted,
                "sender": f"{edition.sender_name} <{edition.sender_email}>".strip(),
                "subject": edition.subject,
                "sha256": mail_digest(edition),
                "preflight": edition.preflight,
            }
            | _translations(edition)
        )
    return found


def _translations(edition: Edition) -> dict[str, Any]:
    """The same version in its other languages."""
    others = edition.translations.order_by("pk")
    found = [{"language": one.language, "subject": one.subject, "sha256": mail_digest(one)} for one in others]
    return {"language": edition.language, "translations": found} if found else {}
