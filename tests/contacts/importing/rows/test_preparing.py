import json
from typing import Any

import pytest

from contacts.importing.plan import Column, Plan, Status
from contacts.importing.rows.preparing import Person, Preparer, Refused


def prepare(columns: str, *cells: str, kinds: dict[str, str] | None = None, **plan: Any) -> Person:
    found = tuple(
        Column("field", key=name[6:]) if name.startswith("field:") else Column("" if name == "-" else name)
        for name in columns.split()
    )
    return Preparer(Plan(columns=found, **plan), kinds or {}, columns.split()).prepare(list(cells))


def test_a_row_becomes_a_person() -> None:
    found = prepare("email first_name last_name", " Ada@EXAMPLE.com", "  Ada \n Maria", "O'Neill, Jr.")
    assert (found.email, found.first_name, found.last_name) == ("Ada@example.com", "Ada Maria", "O'Neill, Jr.")


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [("Ada Lovelace", "Ada", "Lovelace"), ("Lovelace, Ada", "Ada", "Lovelace"), ("Ada", "Ada", ""), ("", "", "")],
)
def test_a_full_name_is_split(full: str, first: str, last: str) -> None:
    found = prepare("email full_name", "a@x.com", full)
    assert (found.first_name, found.last_name) == (first, last)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("subscribed", Status.SUBSCRIBED),
        ("Active", Status.SUBSCRIBED),
        ("", Status.SUBSCRIBED),
        ("enabled", Status.SUBSCRIBED),
        ("unconfirmed", Status.UNCONFIRMED),
        ("Unsubscribed", Status.UNSUBSCRIBED),
        ("cancelled", Status.UNSUBSCRIBED),
        ("blocklisted", Status.UNSUBSCRIBED),
        ("hard_bounce", Status.BOUNCED),
        ("cleaned", Status.BOUNCED),
        ("complained", Status.COMPLAINED),
        ("Abgemeldet", Status.UNSUBSCRIBED),
    ],
)
def test_a_status_keeps_its_meaning(word: str, status: Status) -> None:
    assert prepare("email status", "a@x.com", word).status == status


def test_an_unknown_status_is_not_taken_for_consent() -> None:
    assert prepare("email status", "a@x.com", "zombie").status == Status.UNKNOWN


@pytest.mark.parametrize(
    ("said", "tags"),
    [("vip, old", ["vip", "old"]), (5, ["5"]), (["vip", None, {"a": 1}, "old"], ["vip", "old"]), ({"a": 1}, [])],
)
def test_tags_in_json_are_a_list_whatever_the_file_makes_of_them(said: Any, tags: list[str]) -> None:
    cell = json.dumps({"city": "Ulm", "tags": said})
    preparer = Preparer(Plan(columns=(Column("email"), Column("json")), tags=("spring",)), {})
    assert json.loads(preparer.prepare(["a@x.com", cell]).attributes) == {"city": "Ulm", "tags": [*tags, "spring"]}
    assert set(preparer.keys_found) == {"city"}


@pytest.mark.parametrize(
    ("cell", "language"),
    [
        ("Deutsch", "de"),
        ("Norwegian Bokmål", "nb"),
        ("pt_BR", "pt-BR"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("Elvish", "Elvish"),
    ],
)
def test_a_language_is_kept_as_segments_ask_for_it(cell: str, language: str) -> None:
    assert prepare("email language", "a@x.com", cell).language == language


def test_the_gravest_word_counts() -> None:
    assert prepare("email status opted_out", "a@x.com", "active", "Yes").status == Status.UNSUBSCRIBED
    assert prepare("email status", "a@x.com", "active", everyone=Status.BOUNCED).status == Status.BOUNCED


def test_values_are_typed() -> None:
    kinds = {"n": "number", "d": "date", "b": "boolean"}
    found = prepare("email field:n field:d field:b", "a@x.com", "3,5", "12.03.2026", "ja", kinds=kinds)
    assert json.loads(found.attributes) == {"n": 3.5, "d": "2026-03-12", "b": True}


def test_objects_far_within_each_other_cost_nobody_the_import() -> None:
    deep = '{"a":' * 400 + "1" + "}" * 400
    found = prepare("email json", "a@x.com", deep)
    assert list(json.loads(found.attributes)) == ["a_a_a_a_a"]


def test_json_of_another_system_is_taken_over() -> None:
    found = prepare("email json", "a@x.com", '{"City": "Köln", "good": true, "tags": ["a"], "none": null, "": 1}')
    assert json.loads(found.attributes) == {"city": "Köln", "good": True, "tags": ["a"], "field": 1}


def test_tags_are_a_list_in_a_cell() -> None:
    assert json.loads(prepare("email tags", "a@x.com", '"VIP","Blog, weekly"').attributes) == {
        "tags": ["VIP", "Blog, weekly"]
    }
    for cell, tags in (("* myContacts ::: Choir, old", ["myContacts", "Choir, old"]), ("* Choir", ["Choir"])):
        assert json.loads(prepare("email tags", "a@x.com", cell).attributes) == {"tags": tags}


@pytest.mark.parametrize(
    ("columns", "cells", "reason"),
    [
        ("email", [""], "There is no address"),
        ("email", ["nobody"], "An address has an @"),
        ("email", ["a@x.com", "surplus"], "2 cells, the file has 1 column"),
    ],
)
def test_what_cannot_be_imported_says_why(columns: str, cells: list[str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        prepare(columns, *cells, kinds={"n": "number", "t": "text"})


@pytest.mark.parametrize(
    ("columns", "cells", "reason"),
    [
        ("email field:n", ["a@x.com", "x"], "is not a number"),
        ("email first_name", ["a@x.com", "x" * 201], "longer than 200"),
        ("email field:t", ["a@x.com", "x" * 10_001], "longer than 10,000"),
        ("email time_zone", ["a@x.com", "Middle/Earth"], "Middle/Earth” is not known"),
        ("email language", ["a@x.com", "the language of the elves"], "longer than 12"),
        ("email json", ["a@x.com", "{"], "not readable JSON"),
        ("email json", ["a@x.com", "[1]"], "not a readable JSON object"),
        ("email json", ["a@x.com", '{"a": NaN}'], "not readable JSON"),
        ("email json", ["a@x.com", '{"a": 1e999}'], "not readable JSON"),
        ("email json", ["a@x.com", '{"a": "\\u0000"}'], "not a readable JSON"),
        ("email json", ["a@x.com", '{"a": "\\ud800"}'], "not readable JSON"),
        ("email json", ["a@x.com", "[" * 9000], "not readable JSON"),
    ],
)
def test_a_bad_value_costs_only_itself(columns: str, cells: list[str], reason: str) -> None:
    found = prepare(columns, *cells, kinds={"n": "number", "t": "text"})
    assert (found.email, found.first_name, found.attributes) == ("a@x.com", "", "{}")
    assert reason in found.remarks[0]


def test_a_misspelt_domain_is_refused_with_what_was_meant() -> None:
    with pytest.raises(Refused) as refusal:
        prepare("email", "ada@gmial.com")
    assert refusal.value.suggestion == "ada@gmail.com"


def test_missing_and_empty_surplus_cells_are_forgiven() -> None:
    assert prepare("email first_name", "a@x.com").first_name == ""
    assert prepare("email", "a@x.com", "", "").email == "a@x.com"


@pytest.mark.parametrize("written", ["'a@x.com", "’a@x.com", "‘a@x.com’", "'a@x.com'", "`a@x.com"])
def test_the_apostrophe_of_a_spreadsheet_is_no_part_of_an_address(written: str) -> None:
    assert prepare("email", written).email == "a@x.com"
