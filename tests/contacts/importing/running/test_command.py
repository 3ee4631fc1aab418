"""`manage.py import_contacts`, as a script would use it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Contact, ImportJob, MailingList, Suppression
from tests.contacts.importing.wording.exports import EXPORTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def make(text: str, name: str = "people.csv") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return make


def run(path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    code = 0
    try:
        call_command("import_contacts", str(path), "--json", *arguments, stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, json.loads(out.getvalue())


def becomes(answer: dict[str, Any]) -> dict[str, str]:
    return {person["email"]: person["becomes"] for person in answer["people"]}


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_who_left_other_systems_is_never_subscribed(write: Any, export: Any) -> None:
    answers = [part for column, target in export.answers.items() for part in ("--answer", f"{column}={target}")]
    path = write(export.text, export.file_name)
    if answers:
        code, asked = run(path)
        assert code == 3, asked
        assert {question["column"] for question in asked["questions"]} == set(export.answers)
        assert not Contact.objects.exists()
    code, answer = run(path, "--list", "News", *answers)
    assert code == 0, answer
    assert {email for email, fate in becomes(answer).items() if fate == "subscribed"} == set(export.mailable)
    assert {contact.email for contact in Contact.objects.reachable()} == set(export.mailable)


def test_a_dry_run_does_nothing(write: Any) -> None:
    code, answer = run(write("Email,Status\na@x.com,active\nb@x.com,bounced\nc,\n"), "--dry-run", "--list", "News")
    assert (code, becomes(answer)) == (0, {"a@x.com": "subscribed", "b@x.com": "suppressed", "c": "refused"})
    assert not Contact.objects.exists()
    assert not MailingList.objects.exists()
    assert not ImportJob.objects.exists()
    assert not Suppression.objects.exists()


def test_a_question_far_down_in_the_file_stops_it(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from contacts.importing.running import receiving

    monkeypatch.setattr(receiving, "SURVEYED_ROWS", 10)
    rows = "".join(f"p{n}@x.com,active\n" for n in range(50))
    path = write(f"Email,Status\n{rows}z@x.com,zombie\ny@x.com,\n")
    code, answer = run(path)
    assert code == 3
    assert answer["questions"][0]["values"] == ["zombie", ""]
    assert not Contact.objects.exists()
    code, answer = run(path, "--answer", "Status:zombie=unsubscribed", "--answer", "Status=subscribed")
    assert code == 0
    assert becomes(answer)["z@x.com"] == "unsubscribed"
    assert becomes(answer)["y@x.com"] == "subscribed"


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Email,Status\na@x.com,active\nb@x.com,unsubscribed\nc@x.com,bounced\n", "Status"),
        ('Email,Tags\na@x.com,vip\nb@x.com,Do not mail\nc@x.com,"vip, Unsubscribed"\n', "Tags"),
        ("Email,Notes\na@x.com,nice\nb@x.com,unsubscribed by phone\nc@x.com,wants no more emails\n", "Notes"),
        ("Email,Newsletter\na@x.com,ja\nb@x.com,nein\nc@x.com,\n", "Newsletter"),
        ("Email,Status\na@x.com,1\nb@x.com,2\nc@x.com,2\n", "Status"),
    ],
)
@pytest.mark.parametrize("choice", ["ignore", "tags"])
def test_a_word_against_mail_is_left_out_only_by_somebody_who_confirms(
    write: Any, text: str, column: str, choice: str
) -> None:
    path = write(text)
    code, answer = run(path, "--answer", f"{column}={choice}")
    assert code == 3
    (question,) = answer["questions"]
    assert question["column"] == column
    assert "want mail" in question["words"]
    assert not Contact.objects.exists()
    code, answer = run(path, "--answer", f"{column}={choice}", "--answer", f"{column}=disregard")
    assert (code, set(becomes(answer).values())) == (0, {"subscribed"})


def test_a_column_that_keeps_nobody_from_mail_is_ignored_without_more_words(write: Any) -> None:
    path = write("Email,Status,Unsubscribed\na@x.com,active,\nb@x.com,unsubscribed,yes\n")
    code, answer = run(path, "--list", "News", "--answer", "Status=ignore")
    assert (code, becomes(answer)) == (0, {"a@x.com": "subscribed", "b@x.com": "unsubscribed"})


def test_second_run_changes_nothing(write: Any) -> None:
    path = write("Email,Status\na@x.com,active\nb@x.com,unsubscribed\n")
    run(path, "--list", "News")
    assert set(becomes(run(path, "--list", "News")[1]).values()) == {"unchanged"}


def test_nonsense_is_answered_with_what_can_be_said(write: Any) -> None:
    path = write("Email,Status\na@x.com,1\n")
    with pytest.raises(CommandError, match="no column"):
        run(path, "--answer", "State=status")
    with pytest.raises(CommandError, match="is none of"):
        run(path, "--answer", "Status=perhaps")
    assert not ImportJob.objects.exists()
