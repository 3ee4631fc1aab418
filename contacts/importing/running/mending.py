"""Rows that were not imported, shown with their reasons and mended on the page: they become an import of their own."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import User
from accounts.wording import storable
from contacts.exporting import lines
from contacts.importing.plan import Plan
from contacts.importing.rows.refused import IMPORTED_WITHOUT, stored_rows
from contacts.importing.running import jobs
from contacts.importing.running.beginning import shortened
from contacts.models import ImportJob

MOST_SHOWN = 50
_LONGEST = 1_000  # characters; no address is so long
_MENDS = "mends"  # in the options of an import: which one's rows it has,
_TAKEN = "mended"  # and which of them, by number, with their new addresses


@dataclass(frozen=True, slots=True)
class Mended:
    job: ImportJob  # with the row among its own
    address: str


@dataclass(frozen=True)
class RefusedRow:
    number: int  # among the rows of the refused file
    line: int
    reason: str
    suggestion: str
    cells: tuple[str, ...]
    email: str
    is_whole: bool  # it has no more cells than the file has columns
    mended: "Mended | None" = None

    @property
    def proposed(self) -> str:
        return self.suggestion or self.email

    @property
    def is_imported(self) -> bool:
        """Only some of its values were left out."""
        return self.reason.startswith(IMPORTED_WITHOUT)

    @property
    def can_be_mended(self) -> bool:
        return self.is_whole and not self.is_imported and not self.mended

    @property
    def others(self) -> list[str]:
        """The first of what else the row says."""
        return shortened(cell for cell in self.cells if cell != self.email)


def refused_rows(job: ImportJob) -> list[RefusedRow]:
    """The first of them, without those that only repeat another."""
    found: list[RefusedRow] = []
    for row in _rows(job, Plan.from_json(job.options)):
        if not row.reason.startswith("The same address"):
            found.append(row)
        if len(found) == MOST_SHOWN:
            break
    return found


def mend(job: ImportJob, addresses: Mapping[int, str], *, by: User | None) -> ImportJob | None:
    """A new import, being checked, of the refused rows whose addresses were mended; None: none was."""
    plan = Plan.from_json(job.options)
    column = plan.email_column or 0
    rows, taken = [], {}
    for row in _rows(job, plan):
        address = storable(addresses.get(row.number, ""), _LONGEST).strip()
        if address not in ("", row.email.strip()) and row.can_be_mended:  # the page shows each with its old address
            cells = [*row.cells, *[""] * (column + 1 - len(row.cells))]
            rows.append([*cells[:column], address, *cells[column + 1 :]])
            taken[row.number] = address
    if not rows:
        return None
    text = "".join(lines(job.options["header"], rows, plan.delimiter))
    plan = plan.change(encoding="utf-8-sig", has_header=True, title_lines=0)
    header = {"header": job.options["header"], "guessed": job.options.get("guessed", ())}
    mended = ImportJob.objects.create(
        file_name=f"Mended rows of {job.file_name}"[:200],
        storage_name=default_storage.save(f"imports/{uuid.uuid4().hex}.csv", ContentFile(text.encode())),
        size_bytes=len(text.encode()),
        options=plan.to_json() | header | {_MENDS: job.pk, _TAKEN: taken},
        created_by=by,
    )
    jobs.check(mended, plan)
    return mended


def waiting(job: ImportJob) -> ImportJob | None:
    """The import whose rows `job` mends, while that one still waits for its go-ahead."""
    return ImportJob.objects.filter(pk=job.options.get(_MENDS), state=ImportJob.State.READY).first()


def _mended(job: ImportJob) -> dict[int, Mended]:
    """By the row's number; what was cancelled, failed or undone mended nothing."""
    found = ImportJob.objects.filter(options__contains={_MENDS: job.pk}).order_by("id")
    found = found.exclude(state__in=(ImportJob.State.CANCELLED, ImportJob.State.FAILED)).exclude(undo__state="done")
    return {
        int(number): Mended(one, address) for one in found for number, address in one.options.get(_TAKEN, {}).items()
    }


def _rows(job: ImportJob, plan: Plan) -> Iterator[RefusedRow]:
    at, mended = plan.email_column or 0, _mended(job)
    for number, (line, reason, suggestion, *cells) in enumerate(stored_rows(job)):
        email = cells[at] if at < len(cells) else ""
        is_whole = len(cells) <= len(plan.columns) and (len(cells) > at or not any(cells))
        yield RefusedRow(number, int(line), reason, suggestion, tuple(cells), email, is_whole, mended.get(number))
