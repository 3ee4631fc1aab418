import pytest

from delivery.sandbox.behaviour import (
    BOUNCED,
    BOUNCED_FOR_NOW,
    DEFERRED,
    FULL,
    REFUSED,
    SIGNS,
    SPAM,
    Behaviour,
    by_sign,
)


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("ana+refuse@example.org", Behaviour(recipient_reply=REFUSED)),
        ("ANA+REFUSE.2@example.org", Behaviour(recipient_reply=REFUSED)),
        ("ana+full@example.org", Behaviour(recipient_reply=FULL)),
        ("ana+defer@example.org", Behaviour(recipient_reply=DEFERRED, defers_once=True)),
        ("ana+spam@example.org", Behaviour(content_reply=SPAM)),
        ("ana+drop@example.org", Behaviour(drops=True)),
        ("ana+slow@example.org", Behaviour(delay_seconds=3)),
        ("ana+bounce@example.org", Behaviour(bounces=BOUNCED)),
        ("ana+softbounce@example.org", Behaviour(bounces=BOUNCED_FOR_NOW)),
        ("ana+complain@example.org", Behaviour(complains=True)),
        ("ana@drop+refuse.example", None),
        ("refuse@example.org", None),
    ],
)
def test_a_sign_in_the_local_part_decides(recipient: str, expected: Behaviour | None) -> None:
    assert by_sign(recipient) == expected


def test_every_documented_sign_does_something() -> None:
    for sign in SIGNS:
        assert sign.mark in sign.example
        assert by_sign(sign.example)
