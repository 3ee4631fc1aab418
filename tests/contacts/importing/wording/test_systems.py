"""Tables as some hundred systems export them: who must not be mailed never arrives as subscribed."""

import io
from dataclasses import dataclass
from pathlib import Path

import pytest

from contacts.importing.columns import questions
from contacts.importing.columns.guessing import system
from contacts.importing.plan import Status
from contacts.importing.reading.detecting import detect
from contacts.importing.reading.records import records
from contacts.importing.rows.preparing import Preparer
from contacts.importing.running import receiving
from contacts.importing.wording.recognising import recognise


@dataclass(frozen=True)
class Table:
    name: str
    file_name: str
    asked: frozenset[str]
    text: str
    wanted: dict[str, bool]  # by address: whether the person wants mail


def tables() -> list[Table]:
    text = Path(__file__).with_name("systems.txt").read_text()
    return [_table(block.strip().splitlines()) for block in text.split("\n## ")[1:]]


def _table(lines: list[str]) -> Table:
    name, file_name, asked = ([part.strip() for part in lines[0].split("|")] + ["", ""])[:3]
    rows = [(line[0] == "+", line[2:]) for line in lines[2:]]
    wanted = {_address(row): wants for wants, row in rows}
    columns = frozenset(one.strip() for one in asked.removeprefix("asks:").split(",") if one.strip())
    text = "\n".join([lines[1], *(row.replace("\\n", "\n") for _, row in rows), ""])
    return Table(name, file_name or "people.csv", columns, text, wanted)


def _address(row: str) -> str:
    return next(word for word in row.replace('"', "").replace(";", ",").split(",") if "@x.com" in word)


@pytest.mark.django_db
@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_who_left_is_not_subscribed_and_who_agreed_is(table: Table) -> None:
    file = io.BytesIO(table.text.encode())
    shape = detect(file)
    header, rows = receiving.head(records(file, shape.encoding, shape.delimiter, shape.title_lines), shape.has_header)
    plan = receiving.guess(shape, header, rows, table.file_name)
    assert {question.column for question in questions.survey(plan, header, rows, {})} == table.asked
    preparer = Preparer(plan, {}, header)
    mailed = {person.email for person in map(preparer.prepare, rows) if person.status == Status.SUBSCRIBED}
    wanted = {email for email, wants in table.wanted.items() if wants}
    assert mailed == wanted or (table.asked and mailed <= set(table.wanted))


KNOWN = (
    *("Mailchimp", "listmonk", "Brevo", "Kit", "MailerLite", "Klaviyo", "HubSpot"),
    *("Substack", "Sendy", "ActiveCampaign", "Mautic", "phpList", "Keila"),
)


@pytest.mark.parametrize("name", KNOWN)
def test_system_that_wrote_a_file_is_told_by_its_columns(name: str) -> None:
    found = {
        system(table.text.partition("\n")[0].replace(";", ",").split(","))
        for table in tables()
        if table.name.split(",")[0] == name
    }
    assert found - {""} == {name}


@pytest.mark.parametrize("count", ["²", "½", "٣", "1.2.3", "."])
def test_odd_figures_in_a_column_about_bounces_break_nothing(count: str) -> None:
    assert recognise("Bounces", [count, "0", ""]) is not None
