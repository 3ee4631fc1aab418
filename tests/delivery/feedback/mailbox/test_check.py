"""A mailbox is tried step by step, and what fails comes with its cure."""

import pytest

from accounts.egress.allowed import Allowed
from accounts.egress.deadline import Deadline
from accounts.egress.guard import Guard
from delivery.connection_tests import State, Step
from delivery.feedback.mailbox import check
from delivery.feedback.mailbox.account import Account
from delivery.feedback.mailbox.folders import prefix, quoted
from delivery.feedback.mailbox.opening import Opening
from tests.delivery.feedback.mailbox.dovecot import Dovecot, token
from tests.delivery.providers.talking import Script, closed_port, talking

PROTOCOLS = ("imap", "pop3")


def steps(box: Dovecot, account: Account) -> list[Step]:
    return list(check.run(account, box.opened))


def failure(box: Dovecot, account: Account) -> Step:
    last = steps(box, account)[-1]
    assert last.state == State.BAD
    assert last.cure
    return last


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_all_steps_are_taken_and_nothing_in_the_mailbox_changes(box: Dovecot, protocol: str, security: str) -> None:
    box.lay(b"Subject: Hello\r\n\r\nHello\r\n")
    taken = steps(box, box.account(protocol, security))
    assert [step.name for step in taken] == list(check.STEPS)
    assert {step.state for step in taken} == {State.GOOD}
    assert "1 mail in it" in taken[-1].words
    assert list(box.mails().values()) == [""]
    assert box.resolved == ["mail.example"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_access_token_logs_in_where_one_is_given(box: Dovecot, protocol: str) -> None:
    assert steps(box, box.account(protocol, uses_token=True, secret=token(box.user)))[-1].state == State.GOOD
    refused = failure(box, box.account(protocol, uses_token=True, secret=token("somebody else")))
    assert refused.words == "The server refused the access token."


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_wrong_password_is_refused_and_never_shown(box: Dovecot, protocol: str) -> None:
    failed = failure(box, box.account(protocol, secret="sesame-77"))
    assert failed.name == "login"
    assert "refused the user name or the password" in failed.words
    assert "sesame-77" not in repr(failed) + repr(box.account(secret="sesame-77"))


def test_a_server_that_quotes_the_password_does_not_get_it_onto_the_page() -> None:
    account = Account("imap", "mail.example", 993, "tls", "kim", "sesame-77")
    assert "sesame" not in check._without_secret("NO LOGIN kim sesame-77 failed", account)


@pytest.mark.parametrize("folder", ["Rückläufer", "a & b", 'with "quotes" and \\', "x\\r"])
def test_folders_of_any_name_are_opened_and_missing_ones_are_named(box: Dovecot, folder: str) -> None:
    failed = failure(box, box.account(folder=folder))
    assert failed.words == f"There is no folder “{folder}” that can be opened."
    travels = quoted(folder)[1:-1].replace("\\\\", "\\").replace('\\"', '"')
    box.lay(b"Subject: Hello\r\n\r\nHello\r\n", folder=travels)
    assert steps(box, box.account(folder=folder))[-1].state == State.GOOD


def test_folders_begin_with_what_the_server_says() -> None:
    assert prefix([b'(("INBOX." ".")) NIL NIL']) == "INBOX."
    assert prefix([b'(("" "/")) NIL (("Public/" "/"))']) == ""
    assert prefix([b"NIL NIL NIL"]) == prefix([None]) == prefix([]) == ""


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_ports_and_protocols_that_do_not_fit_are_told_apart(box: Dovecot, protocol: str) -> None:
    other = "pop3" if protocol == "imap" else "imap"
    wrong = box.account(other, "none")
    mixed = Account(protocol, wrong.host, wrong.port, "none", box.user, "x")
    assert "does not speak" in failure(box, mixed).words
    no_tls = box.account(protocol, "none")
    plain = Account(protocol, no_tls.host, no_tls.port, "tls", box.user, "x")
    assert failure(box, plain).name == "tls"
    closed = Account(protocol, "mail.example", closed_port(), "tls", box.user, "x")
    assert "Nothing listens on port" in failure(box, closed).words


def test_a_certificate_for_another_name_is_refused(box: Dovecot) -> None:
    account = Account("imap", "other.example", box.ports["imaps"], "tls", box.user, "x")
    failed = failure(box, account)
    assert failed.name == "tls"
    assert "does not belong to other.example" in failed.words


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_server_without_starttls_gets_no_password(box: Dovecot, protocol: str) -> None:
    script = _Unencrypted() if protocol == "imap" else Script({"": "+OK talking", "STLS": "-ERR no"})
    with talking(script) as port:
        failed = failure(box, Account(protocol, "mail.example", port, "starttls", "kim", "sesame-77"))
    assert "does not offer encryption" in failed.words
    assert not [line for line in script.heard if "sesame" in line]


def test_only_this_machine_goes_without_encryption() -> None:
    def opened(account: Account, deadline: Deadline) -> Opening:
        return Opening(account, deadline, guard=Guard(Allowed.read("10.0.0.0/8"), lambda host, port: ["10.1.1.1"]))

    last = list(check.run(Account("imap", "mail.example", 143, "none", "kim", "x"), opened))[-1]
    assert (last.name, last.state) == ("dns", State.BAD)
    assert "Choose TLS or STARTTLS" in last.cure


def test_a_private_server_is_tested_only_where_the_owner_allows_it() -> None:
    def opened(account: Account, deadline: Deadline) -> Opening:
        return Opening(account, deadline, guard=Guard(Allowed(), lambda host, port: ["192.168.1.9"]))

    last = list(check.run(Account("imap", "mail.example", 993, "tls", "kim", "x"), opened))[-1]
    assert "private network" in last.words
    assert "EGRESS_ALLOW" in last.words


class _Unencrypted(Script):
    """An IMAP server that can do little."""

    def answer(self, line: str) -> str:
        tag = line.partition(" ")[0]
        return f"* CAPABILITY IMAP4rev1\r\n{tag} OK done" if line else "* OK talking"
