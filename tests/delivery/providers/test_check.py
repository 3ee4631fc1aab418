"""Each failure an admin may meet, met on a real socket."""

import base64
import ssl
from pathlib import Path
from typing import Any

import pytest

from delivery.connection_tests import State, Step
from delivery.providers.check.steps import Target, run
from tests.delivery.providers.talking import Authority, Script, closed_port, talking
from tests.lateness import Lateness

PASSWORD = "canary-7f3A9"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def _trust(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))


@pytest.fixture(scope="module")
def good(authority: Authority) -> ssl.SSLContext:
    return authority.context("localhost", "127.0.0.1")


def steps(port: int, **changes: Any) -> list[Step]:
    settings: dict[str, Any] = {
        "host": "localhost",
        "port": port,
        "security": "starttls",
        "username": "post",
        "password": PASSWORD,
        "sender": "bounce+x@nordlicht.example",
        "recipient": "kim@tester.example",
        "timeout_seconds": 60,
    }
    return list(run(Target(**(settings | changes))))


def failure(port: int, **changes: Any) -> Step:
    """The last step, which must have failed with a cure; all before it passed."""
    *before, last = steps(port, **changes)
    assert all(step.state == State.GOOD for step in before), before
    assert last.state == State.BAD, last
    assert last.cure
    assert PASSWORD not in last.raw + last.words + last.cure
    return last


def test_all_six_steps_pass_with_starttls(good: ssl.SSLContext) -> None:
    script = Script(tls=good)
    with talking(script) as port:
        passed = steps(port)
    assert [step.name for step in passed] == ["dns", "connect", "tls", "login", "sender", "recipient"]
    assert {step.state for step in passed} == {State.GOOD}
    assert "TLS 1.3, certificate for localhost" in passed[2].words
    assert "MAIL FROM:<bounce+x@nordlicht.example>" in script.heard
    assert script.heard[-2:] == ["RSET", "QUIT"]
    assert "RCPT TO:<kim@tester.example>" in script.heard
    assert "DATA" not in script.heard, "nothing is sent"


def test_all_six_steps_pass_with_tls_from_the_first_byte(good: ssl.SSLContext) -> None:
    with talking(Script(immediate_tls=good)) as port:
        assert [step.state for step in steps(port, security="tls")] == [State.GOOD] * 6


def test_a_server_on_this_machine_needs_neither_encryption_nor_login() -> None:
    with talking(Script()) as port:
        assert [step.state for step in steps(port, security="none", username="", password="")] == [State.GOOD] * 6


def test_login_in_two_lines_works_where_plain_is_not_offered(good: ssl.SSLContext) -> None:
    user, password = (base64.b64encode(text.encode()).decode() for text in ("post", PASSWORD))
    answers = {
        "EHLO": "250-x\r\n250-STARTTLS\r\n250 AUTH LOGIN",
        "AUTH LOGIN": "334 VXNlcm5hbWU6",
        user: "334 UGFzcw==",
    }
    with talking(Script(answers | {password: "235 in"}, tls=good)) as port:
        assert steps(port)[-1].state == State.GOOD


def test_an_unknown_server_is_a_spelling_mistake() -> None:
    assert "no server called" in failure(587, host="smtp.does-not-exist.invalid").words


def test_a_closed_port_points_to_the_usual_ones() -> None:
    step = failure(closed_port())
    assert (step.name, "Nothing listens" in step.words) == ("connect", True)
    assert "587" in step.cure


@pytest.mark.django_db
def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    with talking(Script(says_nothing=True)) as port, Lateness() as machine:
        step = failure(port, timeout_seconds=2)
    assert (step.name, "said nothing" in step.words) == ("connect", True)
    assert 1_900 < step.milliseconds < 4_000 + 1_000 * machine.allowed


def test_silence_during_the_tls_handshake_is_a_failed_step_too() -> None:
    with talking(Script(says_nothing=True)) as port:
        step = failure(port, security="tls", timeout_seconds=2)
    assert (step.name, "STARTTLS" in step.cure) == ("tls", True)


def test_a_web_server_is_recognised_as_no_mail_server_and_not_quoted() -> None:
    with talking(Script({"": "HTTP/1.1 400 Bad Request internal-name"})) as port:
        step = failure(port)
    assert "not a mail server" in step.words
    assert "internal-name" not in step.raw


def test_a_server_that_hangs_up_is_said_to_do_so() -> None:
    with talking(Script({"EHLO": "(hang up)"})) as port:
        assert "hung up" in failure(port).words


def test_a_server_that_rejects_this_machine_is_quoted() -> None:
    with talking(Script({"": "554 5.7.1 198.51.100.7 blocked"})) as port:
        step = failure(port)
    assert "does not want to talk" in step.words
    assert "198.51.100.7" in step.raw


def test_missing_starttls_points_to_port_465() -> None:
    with talking(Script()) as port:
        step = failure(port)
    assert (step.name, "465" in step.cure) == ("tls", True)


def test_starttls_chosen_as_tls_is_recognised() -> None:
    with talking(Script()) as port:
        step = failure(port, security="tls")
    assert "Choose STARTTLS" in step.cure


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_expired_certificate_is_named_with_its_day(authority: Authority, security: str) -> None:
    context = authority.context("localhost", days=-10)
    with talking(Script(tls=context, immediate_tls=context if security == "tls" else None)) as port:
        step = failure(port, security=security)
    assert "expired on" in step.words
    assert "20" in step.words


def test_a_certificate_of_another_server_says_whose_it_is(authority: Authority) -> None:
    with talking(Script(tls=authority.context("mail.other.example"))) as port:
        step = failure(port)
    assert "does not belong to localhost" in step.words
    assert "mail.other.example" in step.words


def test_a_self_signed_certificate_is_refused(authority: Authority) -> None:
    with talking(Script(tls=authority.context("localhost", signs_itself=True))) as port:
        assert "signed its certificate itself" in failure(port).words


def test_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    with talking(Script(tls=Authority(tmp_path).context("localhost"))) as port:
        assert failure(port).name == "tls"


def test_a_certificate_that_ends_soon_is_a_warning_only(authority: Authority) -> None:
    with talking(Script(tls=authority.context("localhost", days=5))) as port:
        passed = steps(port)
    assert [step.state for step in passed] == [State.GOOD, State.GOOD, State.WARN, *[State.GOOD] * 3]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("535 5.7.8 Username and Password not accepted", "refused the user name or the password (535)"),
        ("534 5.7.9 Application-specific password required", "another kind of password"),
        ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled", "switched off"),
        ("530 5.7.0 Must issue a STARTTLS command first", "without encryption"),
        ("538 5.7.11 Encryption required", "without encryption"),
        ("454 4.7.0 Temporary authentication failure", "right now"),
    ],
)
def test_each_refused_login_has_its_words_and_the_raw_reply(good: ssl.SSLContext, reply: str, words: str) -> None:
    with talking(Script({"AUTH": reply}, tls=good)) as port:
        step = failure(port)
    assert (step.name, words in step.words) == ("login", True)
    assert step.raw == reply


def test_a_password_in_plain_text_is_refused_by_the_server() -> None:
    with talking(Script({"EHLO": "250 talking", "AUTH": "503 5.5.1 not here"})) as port:
        step = failure(port, security="none")
    assert "no password without encryption" in step.words
    assert "STARTTLS" in step.cure


def test_a_login_that_needs_a_token_is_said_so(good: ssl.SSLContext) -> None:
    with talking(Script({"EHLO": "250-x\r\n250-STARTTLS\r\n250 AUTH XOAUTH2"}, tls=good)) as port:
        assert "no way of logging in with a password" in failure(port).words


def test_a_server_that_quotes_the_password_is_not_quoted(good: ssl.SSLContext) -> None:
    sent = base64.b64encode(f"\0post\0{PASSWORD}".encode()).decode()
    with talking(Script({"AUTH": f"535 {sent} and {PASSWORD} are wrong"}, tls=good)) as port:
        step = failure(port)
    assert sent not in step.raw
    assert "•••" in step.raw


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("550 5.7.1 Sender not verified", "refuses mail from nordlicht.example (550)"),
        ("530 5.7.0 Authentication required", "wants a login"),
        ("451 4.3.0 Try later", "right now"),
    ],
)
def test_each_refused_sender_has_its_words(good: ssl.SSLContext, reply: str, words: str) -> None:
    with talking(Script({"MAIL": reply}, tls=good)) as port:
        step = failure(port)
    assert (step.name, words in step.words) == ("sender", True)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("554 5.7.1 Relay access denied", "does not carry mail from nordlicht.example to other people (554)"),
        ("550 Invalid recipient: <kim@tester.example>", "takes no mail for kim@tester.example (550)"),
        ("550 5.1.7 Sender unknown", "refuses mail from nordlicht.example (550)"),
        ("554 5.7.1 Client host blocked using zen.spamhaus.org", "refuses mail from this machine"),
    ],
)
def test_a_server_that_takes_no_mail_for_the_tester_has_its_words(reply: str, words: str) -> None:
    script = Script({"RCPT": reply})
    with talking(script) as port:
        step = failure(port, security="none", username="", password="")
    assert (step.name, words in step.words, step.raw) == ("recipient", True, reply)
    assert "DATA" not in script.heard


def test_a_server_that_asks_to_come_back_fails_no_test() -> None:
    with talking(Script({"RCPT": "451 4.7.1 Greylisted, try again in 300 seconds"})) as port:
        step = steps(port, security="none", username="", password="")[-1]
    assert (step.state, "right now (451)" in step.words) == (State.WARN, True)


@pytest.mark.parametrize("host", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"])
def test_addresses_that_are_nobodys_relay_are_not_connected_to(host: str) -> None:
    assert failure(25, host=host).name == "dns"


def test_no_encryption_is_for_this_machine_only() -> None:
    assert "only a server on this machine" in failure(25, host="192.0.2.1", security="none").words


def test_endless_replies_are_given_up() -> None:
    with talking(Script({"EHLO": "\r\n".join(["250-more"] * 200)})) as port:
        assert "not a mail server" in failure(port).words
