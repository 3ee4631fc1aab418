from itertools import product
from typing import Any

import pytest

from contacts.importing.plan import Column, Plan
from contacts.importing.rows.plain import PlainRows
from contacts.importing.rows.preparing import Preparer, Refused
from contacts.importing.running.staging import Batch

EMAILS = (
    *("ada@x.com", " Ada.B@X.Com ", "'ada@x.com", "ada@x.com'", "Ada <ada@x.com>", "mailto:ada@x.com", "ada@bücher.de"),
    *("info@x.com", "info+a@x.com", "ada@gmial.com", "ada@mailinator.com", "ä@x.com", "a@b@x.com", "ada@x", "", "NULL"),
    *("a" * 65 + "@x.com", "ada@" + "a." * 100 + "com", "ada@x--y.com", "\u200bada@x.com", "ada.@x.com", "ada@x.com."),
)
NAMES = ("Ada", " Ada \n Maria", "O\\Neill\t", "x" * 201, "'=1+1", "NULL", "", "Lovelace, Ada", "Ada Lovelace")
COLUMNS = {
    "first_name": NAMES,
    "full_name": NAMES,
    "language": ("Deutsch", "pt_BR", "a language of its own", ""),
    "time_zone": ("Europe/Berlin", "Nowhere", ""),
    "status": ("subscribed", "unsubscribed", "cleaned", "zombie", ""),
    "opted_out": ("yes", "no", "", "2024-03-01"),
    "proof": ("2024-03-01 10:00", "192.0.2.1", "a\\b\tc", "", "NULL", "x" * 500),
    "tags": ("a;b", '["a", "\\\\"]', ""),
    "json": ('{"city": "Ulm", "n": 2}', '{"tags": ["vip"], "first": ""}', '{"a": {"b": [1, "x"]}}', "{", ""),
    "field:number": ("3,5", "three", "", "1e5"),
    "field:date": ("12.03.2026", "soon", ""),
    "field:text": ("Köln", "a\\b", 'say "hi"', "x" * 10_001, " "),
    "lists": ("News; Old", ""),
}


def staged(plan: Plan, rows: list[list[str]], *, looks_at_each: bool) -> tuple[list[str], list[str], Any]:
    """The rows as COPY gets them, the reasons of those that it does not, and what was counted beside them."""
    preparer = Preparer(plan, {"number": "number", "date": "date"}, ["x"] * len(plan.columns), (Column(),) * 9)
    plain, written = PlainRows(plan, preparer), Batch(tells_proof=plan.tells_proof)
    reasons: list[str] = []
    for line, cells in enumerate(rows):
        if not looks_at_each and (text := plain.text(cells)) is not None:
            written.add_text(line, text)
            continue
        try:
            person = preparer.prepare(cells)
            reasons += person.remarks
            written.add(line, person)
        except Refused as problem:
            reasons.append(problem.reason)
    return written._rows, reasons, (preparer.roles, preparer.disposable, preparer.unknown, preparer.keys_found)


@pytest.mark.parametrize("tags", [(), ("spring",)])
@pytest.mark.parametrize("name", COLUMNS)
def test_a_plain_row_is_staged_as_one_that_is_looked_at(name: str, tags: tuple[str, ...]) -> None:
    column = Column("field", key=name[6:]) if name.startswith("field:") else Column(name)
    plan = Plan(columns=(Column("email"), column, Column("field", key="more")), tags=tags)
    rows = [list(cells) for cells in product(EMAILS, COLUMNS[name], ("", "more"))] * 2
    assert staged(plan, rows, looks_at_each=False) == staged(plan, rows, looks_at_each=True)


def test_usual_rows_are_not_looked_at_one_by_one() -> None:
    plan = Plan(columns=tuple(map(Column, ("email", "first_name", "language", "status"))))
    plain = PlainRows(plan, Preparer(plan, {}))
    assert plain.text(["Ada@X.com", "Ada", "Deutsch", "active"]) == "Ada@x.com\tada@x.com\tAda\t\tde\t\t{}\t0"
