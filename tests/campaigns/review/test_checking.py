"""The command that checks a mail says what a person would get."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Organisation

FOOTER = '<p>{{ postal_address }} <a href="{{ unsubscribe_url }}">Leave</a></p>'


def checked(page: str, tmp_path: Path, person: dict[str, Any]) -> tuple[dict[str, Any], int]:
    mail, who, out, code = tmp_path / "mail.html", tmp_path / "who.json", io.StringIO(), 0
    mail.write_text(page)
    who.write_text(json.dumps(person))
    try:
        call_command("check_mail", mail, "--person", who, "--json", stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    return json.loads(out.getvalue()), code


def test_links_and_merge_values_are_those_of_the_person(organisation: Organisation, tmp_path: Path) -> None:
    page = f'<p>Hi {{{{ city }}}}</p><a href="https://shop.test/a">A</a>{FOOTER}'
    said, code = checked(page, tmp_path, {"email": "ana@example.org", "city": "Porto"})
    assert (code, said["findings"]) == (0, [])
    assert "Hi Porto" in said["html"]
    assert said["links"][0]["target"] == "https://shop.test/a"
    assert f'href="{said["links"][0]["href"]}"' in said["html"]


@pytest.mark.parametrize("source", ["a.png", "file:///C:/a.png", ""])
def test_picture_that_nobody_can_load_blocks(organisation: Organisation, tmp_path: Path, source: str) -> None:
    said, code = checked(f'<img src="{source}" alt="a">{FOOTER}', tmp_path, {})
    assert code == 1
    assert {"empty-picture", "unreachable-picture"} & {finding["code"] for finding in said["findings"]}


def test_what_cleaning_removes_is_named(organisation: Organisation, tmp_path: Path) -> None:
    page = f'<link href=x><a href="webcal://x.example/c.ics">Add</a><form><input></form>{FOOTER}'
    said, _ = checked(page, tmp_path, {})
    words = " ".join(finding["words"] for finding in said["findings"])
    assert all(name in words for name in ("<link>", "<form>", "<input>", "webcal://x.example/c.ics"))


def test_nesting_too_deep_is_an_error_with_words(organisation: Organisation, tmp_path: Path) -> None:
    said, code = checked("<div>" * 300 + "x", tmp_path, {})
    assert code == 1
    assert "levels deep" in said["findings"][0]["words"]
