"""The first rows of an uploaded file, as its page shows them and asks about them. It is opened once for all of that."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice

from contacts.importing.columns import guessing, questions
from contacts.importing.columns.questions import Question
from contacts.importing.plan import CONSENT, Plan, Target, guessed_columns
from contacts.importing.reading import storing
from contacts.importing.reading.records import Broken, records
from contacts.importing.rows.preparing import Person, Preparer, Refused
from contacts.importing.running import receiving
from contacts.models import Field, ImportJob

PREVIEW_ROWS = 20
_SAMPLED = 200  # rows
_LOOKED_THROUGH, _OF_EACH = 1_000, 2  # rows for people of other states than the first ones have, and so many of each


@dataclass(frozen=True)
class PreviewRow:
    line: int
    person: Person | None
    cells: Sequence[str]
    problem: Refused | None

    @property
    def further(self) -> list[str]:
        """The values of its fields."""
        values = json.loads(self.person.attributes).values() if self.person else ()
        return [", ".join(map(str, value)) if isinstance(value, list) else str(value) for value in values]

    @property
    def in_short(self) -> list[str]:
        return shortened(self.cells)


def shortened(cells: Iterable[str], chars: int = 80) -> list[str]:
    """The first of what the cells say, so many characters of them together; an ellipsis ends what goes on."""
    found: list[str] = []
    for cell in filter(None, cells):
        left = chars - sum(map(len, found))
        if len(cell) > left:
            return [*found, f"{cell[:left]}…"]
        found.append(cell)
    return found


@dataclass(frozen=True, slots=True)
class Sample:
    """A value of a column. `whole`: empty, where `short` is all of it."""

    short: str
    whole: str = ""

    @classmethod
    def of(cls, text: str) -> "Sample":
        [short], [whole] = shortened([text], 60), shortened([text], 1_000)
        return cls(short, whole if whole != short else "")


class Beginning:
    """Raises NotReadable, if the file was changed meanwhile."""

    def __init__(self, job: ImportJob) -> None:
        self._job, plan = job, Plan.from_json(job.options)
        with (
            storing.opened(job) as file,
            closing(records(file, plan.encoding, plan.delimiter, plan.title_lines)) as found,
        ):
            self._records = list(islice(found, receiving.SURVEYED_ROWS + 1))
        self._header, self._rows = receiving.head(self._records, plan.has_header)
        self._has_header = plan.has_header

    def samples(self, count: int = 3) -> list[list[Sample]]:
        """For each column the first values that say something."""
        rows = self._rows[:_SAMPLED]
        found = (
            dict.fromkeys(row[i].strip() for row in rows if i < len(row) and row[i].strip())
            for i in range(len(self._header))
        )
        return [[Sample.of(text) for text in islice(texts, count)] for texts in found]

    def why_left_out(self) -> list[str]:
        """For each column that is left out unless somebody chooses otherwise why, in sentences; "" for the others."""
        known = dict(Field.objects.values_list("key", "label"))
        return guessing.why_left_out(self._header, self._rows[:_SAMPLED], known, guessed_columns(self._job.options))

    def questions(self, plan: Plan) -> list[Question]:
        """What has to be said before the import can run, as far as its first rows and the last check tell."""
        kinds = dict(Field.objects.values_list("key", "kind"))
        header = self._job.options["header"]
        found = questions.survey(plan, header, self._rows, kinds, guessed_columns(self._job.options))
        asked = {question.index for question in found}
        return found + [one for one in _asked_by_check(self._job, plan) if one.index not in asked]

    def preview(self, plan: Plan) -> list[PreviewRow]:
        """The first rows as they would be imported, and below them some of whom the file says something else."""
        if plan.email_column is None:
            return []
        own = list(Field.objects.all())
        kinds, options = {field.key: field.kind for field in own}, {field.key: field.options for field in own}
        preparer = Preparer(plan, kinds, self._job.options["header"], options=options)
        rows: list[PreviewRow] = []
        seen = Counter[int | None]()
        for number, (line, cells) in enumerate(self._records[self._has_header :][: _LOOKED_THROUGH + 1]):
            row = _preview_row(preparer, line, cells)
            state = row.person.status if row.person else None
            if number < PREVIEW_ROWS or seen[state] < _OF_EACH:
                rows.append(row)
                seen[state] += 1
        return rows


def _asked_by_check(job: ImportJob, plan: Plan) -> list[Question]:
    """What the check met further down in the file and is not answered yet."""
    found = []
    for one in job.options.get("questions", ()):
        question = Question(**one | {"values": tuple(map(tuple, one["values"]))})
        column = plan.columns[question.index] if question.index is not None else None
        if question.confirms and column and column.target not in CONSENT and not column.is_disregarded:
            found.append(question)
        if column is None or column.target not in CONSENT or column.otherwise is not None:
            continue
        values = tuple(pair for pair in question.values if pair[0] not in dict(column.meanings))
        if column.target == Target.ASK or (column.target == Target.STATUS and values):
            found.append(replace(question, values=values))
    return found


def _preview_row(preparer: Preparer, line: int, cells: "list[str] | Broken") -> PreviewRow:
    if isinstance(cells, Broken):
        return PreviewRow(line, None, [cells.text], Refused(cells.reason))
    try:
        return PreviewRow(line, preparer.prepare(cells), cells, None)
    except Refused as problem:
        return PreviewRow(line, None, cells, problem)
