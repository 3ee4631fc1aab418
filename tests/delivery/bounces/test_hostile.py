"""Anybody may write to a bounce address, and anything: it is read in time, or not at all."""

import random
import time

import pytest

from delivery import bounces
from delivery.bounces import Kind
from tests.delivery.bounces.mails import FROM_A_SERVER, RETURNED, prose, report

MEGABYTE = 1_000_000
MS_A_MEGABYTE = 50
REPORT = report("Final-Recipient: rfc822; ana@mailbox.example\nAction: failed\nStatus: 5.1.1")


def filled(unit: str, size: int = MEGABYTE) -> bytes:
    return (unit * (size // len(unit) + 1))[:size].encode()


def nested(depth: int) -> bytes:
    mail = REPORT
    for number in range(depth):
        head = f'Content-Type: multipart/mixed; boundary="n{number}"\n\n--n{number}\n'
        mail = head.encode() + mail + f"\n--n{number}--\n".encode()
    return FROM_A_SERVER.encode() + mail


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(nested(50), id="nested 50 deep"),
        pytest.param(b"Content-Type: multipart/mixed; boundary=b\n\n" + filled("--b\n\nx\n"), id="many parts"),
        pytest.param(FROM_A_SERVER.encode() + b"\n" + filled("\0"), id="NUL"),
        pytest.param(FROM_A_SERVER.encode() + b"X-Failed-Recipients: " + filled("'"), id="quotes in a header"),
        pytest.param(filled("A: b\n"), id="headers alone"),
        pytest.param(FROM_A_SERVER.encode() + b"Subject: " + filled("=?utf-8?q?"), id="words half encoded"),
        pytest.param(report(filled("Final-Recipient: rfc822; a@b.example\n").decode()), id="many recipients"),
        pytest.param(report("Diagnostic-Code: smtp; " + filled("user mailbox ").decode()), id="long diagnostic"),
        *(
            pytest.param(prose(filled(unit).decode()), id=f"text of {unit.strip() or 'spaces'}")
            for unit in (
                " ",
                "@",
                "a",
                "<a@b>",
                "a@b.example\n",
                "> ",
                "--\n",
                "to a@b.c ",
                "550-",
                "original message \n",
            )
        ),
    ],
)
def test_a_megabyte_is_read_in_time(raw: bytes) -> None:
    for reader in (bounces.read, bounces.trace):
        took = []
        for _ in range(3):  # the machine may be busy otherwise
            begun = time.process_time()
            reader(raw)
            took.append(time.process_time() - begun)
        assert min(took) * 1_000 < MS_A_MEGABYTE


def test_thirty_megabytes_are_not_looked_at() -> None:
    raw = REPORT + filled("x" * 70 + "\n", 30_000_000)
    begun = time.process_time()
    (found,) = bounces.read(raw)
    assert found.suppresses
    assert time.process_time() - begun < 0.5


def test_half_a_report_is_read_as_far_as_it_goes() -> None:
    for end in range(0, len(REPORT), 7):
        assert all(found.kind in Kind for found in bounces.read(REPORT[:end]))
        assert isinstance(bounces.trace(REPORT[:end]), bounces.Trace)


def test_damaged_reports_raise_nothing() -> None:
    noise = random.Random(7)
    for _ in range(300):
        damaged = bytearray(REPORT)
        for _ in range(noise.randrange(1, 40)):
            damaged[noise.randrange(len(damaged))] = noise.randrange(256)
        bounces.read(bytes(damaged))
        bounces.trace(bytes(damaged))


def test_what_is_found_can_be_stored_and_shown() -> None:
    words = f"550 \u202ebad{'x' * 5_000}"
    raw = report(f"Final-Recipient: rfc822; ana@mailbox.example\nAction: failed\nDiagnostic-Code: smtp; {words}")
    (found,) = bounces.read(raw.replace(b"550 ", b"550 \0\x1b[31m\xff"))
    assert found.diagnostic.startswith("550 [31m")
    assert found.diagnostic.isprintable()
    assert len(found.diagnostic) <= 1_000


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "x-unknown", "7bit"])
@pytest.mark.parametrize("charset", ["utf-8", "zlib", "idna", "punycode", "utf-7", "unicode_escape", "no-such", "é"])
def test_encodings_that_lie_raise_nothing(encoding: str, charset: str) -> None:
    headers = f"{FROM_A_SERVER}Content-Transfer-Encoding: {encoding}\nContent-Type: text/plain; charset={charset}\n\n"
    for body in ("=", "=0", "====", "\\N{", "+AAA", "é" * 100, RETURNED):
        bounces.read(f"{headers}{body}".encode())
