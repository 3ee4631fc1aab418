"""What came back is shown without what would let its reader act for somebody else."""

import json
import time

import pytest

from delivery import tokens, verp
from delivery.feedback import masking

MESSAGE, CONTACT, BATCH = 4_711_000, 88, 5


def hidden(text: str, secret: str) -> str:
    shown, _ = masking.shown(text.encode())
    assert secret not in shown.replace("=\n", "")
    assert masking.HIDDEN in shown
    return shown


@pytest.mark.parametrize("slash", ["/", "\\/", "%2F"])
@pytest.mark.parametrize("purpose", [tokens.UNSUBSCRIBE, tokens.CLICK, tokens.OPEN, tokens.VIEW])
def test_addresses_of_ours_lead_nowhere(purpose: str, slash: str) -> None:
    second = None if purpose in (tokens.OPEN, tokens.VIEW) else BATCH
    token = tokens.seal(purpose, CONTACT, second)
    hidden(f"List-Unsubscribe: <https:{slash}{slash}news.example{slash}{purpose}{slash}{token}>, x", token)


def test_a_soft_line_break_hides_nothing_of_a_token() -> None:
    token = tokens.seal(tokens.UNSUBSCRIBE, CONTACT, BATCH)
    hidden(f"<https://news.example/u/{token[:9]}=\r\n{token[9:]}>", token)


@pytest.mark.parametrize("wrapped", ["{}", "SRS0=Xy1=AB=nord.example={}", "prvs=1234={}"])
def test_return_addresses_are_nobodys_to_use(wrapped: str) -> None:
    token = tokens.seal(tokens.BOUNCE, MESSAGE)
    hidden(f"To: {wrapped.format(verp.address(MESSAGE, 'nord.example'))}", token)
    hidden(f"Return-Path: <bounce+{token}=40nord.example>", token)


def test_message_ids_name_no_message() -> None:
    token = tokens.seal(tokens.MESSAGE_ID, MESSAGE)
    shown = hidden(f"Message-ID: <{token}@nord.example>\r\nReferences:\r\n <{token}@nord.example>\r\n", token)
    assert "@nord.example>" in shown
    hidden(json.dumps({"headers": [{"name": "Message-ID", "value": f"<{token}@nord.example>"}]}), token)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic c2VjcmV0LXNlY3JldA==",
        "X-Twilio-Email-Event-Webhook-Signature: c2VjcmV0LXNlY3JldA==",
        '{"signature": {"timestamp": "1", "token": "c2VjcmV0LXNlY3JldA==", "signature": "c2VjcmV0LXNlY3JldA=="}}',
        '{"Signature" : "c2VjcmV0LXNlY3JldA==", "UnsubscribeURL": "https://sns/?x=c2VjcmV0LXNlY3JldA=="}',
        "event=failed&token=c2VjcmV0LXNlY3JldA==&x=1",
        "https://user:c2VjcmV0LXNlY3JldA==@nord.example/hook",
    ],
)
def test_what_proves_a_provider_is_hidden(text: str) -> None:
    hidden(text, "c2VjcmV0LXNlY3JldA==")


def test_the_words_that_matter_stay() -> None:
    said = "Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org>: user unknown\r\nStatus: 5.1.1\r\n"
    assert masking.shown(said.encode()) == (said.replace("\r\n", "\n"), False)


def test_what_is_encoded_is_not_shown() -> None:
    lines = "\r\n".join(["QUJD" * 19] * 30)
    assert masking.shown(f"Text\r\n\r\n{lines}\r\nafterwards".encode())[0] == "Text\n\n[encoded, not shown]\nafterwards"


def test_no_character_turns_what_is_read_or_ends_the_text() -> None:
    shown, is_cut = masking.shown("a\0b\u202egnp.exe\x1b[2J\ttab\r\nline".encode())
    assert not is_cut
    assert shown == "a b gnp.exe [2J    tab\nline"


@pytest.mark.parametrize(
    "piece", [b"/u/aaaa=\r\n", b'"-', b"bounce+a", b"<a", b"https://a:", b"A" * 76 + b"\n", b"&token"]
)
def test_hostile_repetition_costs_no_time(piece: bytes) -> None:
    began = time.process_time()
    _, is_cut = masking.shown(piece * (1_000_000 // len(piece)))
    assert is_cut
    assert time.process_time() - began < 2
