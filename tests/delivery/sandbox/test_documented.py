"""What docs/sandbox.md tells authors of test suites to do is done here, word for word, against the real interface."""

import json
import os
import re
import shlex
import threading
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from delivery.models import SandboxMail, SandboxMailbox
from delivery.sandbox.api import reading
from tests.delivery.sandbox.test_api import box, put

pytestmark = pytest.mark.django_db(transaction=True)


def examples(language: str) -> list[str]:
    text = (Path(settings.BASE_DIR) / "docs" / "sandbox.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def mailbox(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> SandboxMailbox:
    """The one that the examples' key opens."""
    made, key = box()
    monkeypatch.setenv("TALLYPOST", live_server.url)
    monkeypatch.setenv("SANDBOX_KEY", key)
    return made


def test_function_for_python_waits_for_the_mail_and_finds_its_link(mailbox: SandboxMailbox) -> None:
    (example,) = examples("python")
    known: dict[str, Any] = {}
    suite = threading.Thread(target=exec, args=(example, known))
    suite.start()
    put(mailbox, "ana@example.org", "Confirm your address")
    suite.join(60)
    assert known["link"] == "https://shop.example/c/1"


def test_lines_for_the_shell_list_wait_and_delete(mailbox: SandboxMailbox) -> None:
    for to in ("ana@example.org", "ben@example.org"):
        put(mailbox, to, "Confirm your address")
    (example,) = examples("sh")
    answers = [as_curl(line) for line in example.splitlines()]
    assert [set(answer) for answer in answers[:2]] == [{"messages", "before"}, {"message"}]
    assert [mail["to"] for mail in answers[0]["messages"]] == ["ana@example.org"]
    assert answers[1]["message"]["to"] == "ana@example.org"
    assert (answers[2]["deleted"], answers[3]["deleted"]) == (1, 1)
    assert not SandboxMail.objects.exists()


def test_fields_of_a_mail_are_those_that_are_documented(mailbox: SandboxMailbox) -> None:
    (example,) = (json.loads(found) for found in examples("json"))
    mail = put(mailbox, "ana@example.org", "Confirm your address")
    assert list(example) == list(reading.whole(mail))
    for name in ("headers", "links", "attachments"):
        assert list(example[name][0]) == list(reading.whole(mail)[name][0])
    assert list(example)[: list(example).index("headers")] == list(reading.brief(mail))


def as_curl(line: str) -> dict[str, Any]:
    """The request that such a line makes; its answer."""
    command, *words = shlex.split(os.path.expandvars(line))
    assert (command, words.pop(0)) == ("curl", "-s")
    url, options = words[-1], dict(zip(words[:-1:2], words[1:-1:2], strict=True))
    name, _, value = options["-H"].partition(": ")
    answer = requests.request(options.get("-X", "GET"), url, headers={name: value}, timeout=60)
    answer.raise_for_status()
    return dict(answer.json())
