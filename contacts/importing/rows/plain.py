"""Rows with nothing unusual in them, at once as the staging table takes them: equal cells are looked at once.

Whatever a row needs a word about, or a count beside its own, is left to Preparer.prepare; both write the same.
"""

from collections.abc import Callable

from contacts.addresses import LONGEST_LOCAL, is_plain_local, plain_domain
from contacts.importing.plan import Plan, Status, Target
from contacts.importing.reading.cells import clean
from contacts.importing.rows.preparing import APOSTROPHES, LONGEST_NAME, Converter, Preparer, encode, split_name
from contacts.importing.rows.suspecting import ROLES, is_disposable

_MOST_REMEMBERED, _MOST_OF_ALL = 4_096, 100_000  # cells of a column, and of all: a file may have hundreds
_LONGEST_REMEMBERED = 200
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Become = Callable[[str], "str | None"]


def escaped(text: str) -> str:
    """As COPY reads text."""
    return text.translate(_ESCAPES) if "\\" in text or not text.isprintable() else text


class PlainRows:
    """Compiled once for a file, asked about each of its records."""

    def __init__(self, plan: Plan, preparer: Preparer) -> None:
        self._preparer = preparer
        at = {column.target: index for index, column in enumerate(plan.columns)}
        self._width, self._email, self._everyone = len(plan.columns), at[Target.EMAIL], int(plan.everyone)
        most = min(_MOST_REMEMBERED, _MOST_OF_ALL // len(plan.columns))
        self._domains = _Cells(_domain, most)
        parts: list[tuple[Target, Become]] = [
            (Target.FIRST_NAME, _name),
            (Target.LAST_NAME, _name),
            (Target.LANGUAGE, self._language),
            (Target.TIME_ZONE, self._zone),
        ]
        is_split = Target.FULL_NAME in at
        if is_split:
            parts[:2] = [(Target.FULL_NAME, _names)]
        self._texts = [(at[target], _Cells(become, most)) for target, become in parts if target in at]
        self._form = "\t".join("%s" if target in at else "" for target, _ in parts)
        self._fields = [(index, _Cells(self._field(index, convert), most)) for index, convert in preparer.converters]
        self._tags = [escaped(encode({"tags": list(plan.tags)})[1:-1])] if plan.tags else []
        # Names from two columns, tags from two places and lists of their own are put together row by row.
        self._are_any = not (
            plan.tells_belonging
            or (is_split and {Target.FIRST_NAME, Target.LAST_NAME} & at.keys())
            or (plan.tags and {Target.TAGS, Target.JSON} & at.keys())
        )

    def text(self, cells: list[str]) -> str | None:
        """What staging.Batch has of a person, from the address on; None: `prepare` has to look."""
        if not self._are_any or len(cells) != self._width:
            return None
        local, _, domain_cell = cells[self._email].strip().rpartition("@")
        domain = self._domains[domain_cell]
        if domain is None or not is_plain_local(local) or len(local) > LONGEST_LOCAL or local[0] in APOSTROPHES:
            return None
        small = local.lower()
        if small in ROLES or "+" in small:
            return None
        status = self._everyone
        for index, judge in self._preparer.judges:
            said = judge(cells[index])
            if said is None:
                return None
            if said > status:
                status = said
        texts = tuple([known[cells[index]] for index, known in self._texts])
        fields = [known[cells[index]] for index, known in self._fields]
        if None in texts or None in fields:
            return None
        if self._preparer.overruled and status == Status.SUBSCRIBED:
            self._preparer.count_objections(cells)
        attributes = ",".join([one for one in fields if one] + self._tags)
        person = f"{local}@{domain}\t{small}@{domain}\t{self._form % texts}\t{{{attributes}}}\t{status}"
        if (quote := self._preparer.quote) is None:
            return person
        return f"{person}\t{escaped(told)}" if (told := quote(cells, status)) else f"{person}\t\\N"

    def _language(self, cell: str) -> str | None:
        remarks: list[str] = []
        found = self._preparer.code(cell, remarks)
        return None if remarks else escaped(found)

    def _zone(self, cell: str) -> str | None:
        remarks: list[str] = []
        found = self._preparer.zone(clean(cell), remarks)
        return None if remarks else escaped(found)

    def _field(self, index: int, convert: Converter) -> Become:
        def become(cell: str) -> str | None:
            found: dict[str, object] = {}
            remarks: list[str] = []
            if text := clean(cell):
                self._preparer.convert(index, convert, text, found, remarks)
            return None if remarks else escaped(encode(found)[1:-1])

        return become


class _Cells(dict[str, "str | None"]):
    """What the cells of one column become; those that came last are remembered."""

    def __init__(self, become: Become, most: int) -> None:
        super().__init__()
        self._become, self._most = become, most

    def __missing__(self, cell: str) -> str | None:
        found = self._become(cell)
        if len(cell) <= _LONGEST_REMEMBERED:
            if len(self) >= self._most:
                self.clear()
            self[cell] = found
        return found


def _domain(cell: str) -> str | None:
    domain = plain_domain(cell)
    return None if domain is None or is_disposable(domain) else domain


def _name(cell: str) -> str | None:
    text = clean(cell)
    return escaped(text) if len(text) <= LONGEST_NAME else None


def _names(cell: str) -> str | None:
    first, last = split_name(clean(cell), "", "")
    return f"{escaped(first)}\t{escaped(last)}" if max(len(first), len(last)) <= LONGEST_NAME else None
