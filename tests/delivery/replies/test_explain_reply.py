"""The command that explains a reply says what the engine would do."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def explain(*arguments: str) -> str:
    said = StringIO()
    call_command("explain_reply", *arguments, stdout=said)
    return said.getvalue().strip()


def test_a_dead_mailbox_is_explained_as_one_json_object() -> None:
    said = explain("--stage", "rcpt", "--code", "550", "--enhanced", "5.1.1", "--json", "User unknown")
    assert json.loads(said) == {
        "category": "invalid_recipient",
        "suppresses": True,
        "retries": False,
        "words": "The address does not exist.",
    }


def test_without_json_the_answer_is_in_words() -> None:
    said = explain("--stage", "mail", "--code", "534", "SIZE=Message", "too", "big.")
    assert said.splitlines() == [
        "The server refuses messages of this size. (message_too_large)",
        "The address is not suppressed.",
        "The message is tried again.",
    ]


@pytest.mark.parametrize("code", ["250", "55", "999"])
def test_what_is_no_refusal_is_not_explained(code: str) -> None:
    with pytest.raises(CommandError):
        explain("--stage", "rcpt", "--code", code, "Ok")
