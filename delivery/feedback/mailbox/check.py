"""Try a mailbox step by step; nothing in it is read or changed. Each failure comes with its cure. Never raises."""

import base64
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial

from django.db import transaction

from accounts.egress.deadline import Deadline
from delivery import connection_tests
from delivery.connection_tests import Run, State, Step
from delivery.feedback.mailbox.account import Account
from delivery.feedback.mailbox.opening import Opening
from delivery.models import ReturnMailbox
from delivery.providers.check.cures import Failed

TIMEOUT_SECONDS = 30.0
STEPS = {
    "dns": "Find the server",
    "connect": "Connect",
    "tls": "Encrypt",
    "login": "Log in",
    "folder": "Open the mailbox",
}


def start(mailbox: ReturnMailbox) -> uuid.UUID:
    """Raises connection_tests.TooMany, secrets.Unreadable."""
    account = Account.of(mailbox)
    return connection_tests.start(_name(mailbox.pk), STEPS, partial(run, account), partial(note, mailbox.pk, account))


def find(mailbox_id: int, key: uuid.UUID) -> Run | None:
    return connection_tests.find(_name(mailbox_id), STEPS, key)


def run(account: Account, opened: Callable[[Account, Deadline], Opening] = Opening) -> Iterator[Step]:
    with Deadline(TIMEOUT_SECONDS) as deadline:
        opening = opened(account, deadline)
        acts: dict[str, Callable[[Opening], str]] = {
            "dns": _find,
            "connect": _connect,
            "tls": _encrypt,
            "login": _log_in,
            "folder": _enter,
        }
        try:
            for name, act in acts.items():
                step = _attempt(name, partial(act, opening), account)
                yield step
                if step.state == State.BAD:
                    return
        finally:
            opening.close()


def note(mailbox_id: int, tested: Account, run: Run) -> None:
    """Keep what came of it, unless the mailbox was changed or removed meanwhile, or a fault of ours ended the test."""
    with transaction.atomic():
        mailbox = ReturnMailbox.objects.select_for_update().filter(pk=mailbox_id).first()
        if mailbox is None or not tested.is_still_of(mailbox):
            return
        if run.passed:
            mailbox.try_again()
        elif run.problem:
            mailbox.fails(run.problem, run.cure, run.raw)


def _attempt(name: str, act: Callable[[], str], account: Account) -> Step:
    started = time.monotonic()
    try:
        words, state, cure, raw = act(), State.GOOD, "", ""
    except Failed as problem:
        words, state, cure, raw = problem.words, State.BAD, problem.cure, _without_secret(problem.raw, account)
    return Step(name, state, round((time.monotonic() - started) * 1000), words, cure, raw)


def _find(opening: Opening) -> str:
    opening.find()
    host, found = opening.account.host, list(map(str, opening.addresses))
    return "It is given by its address: nothing to look up." if host in found else f"{host} is {', '.join(found[:3])}."


def _connect(opening: Opening) -> str:
    opening.reach()
    is_greeted = opening.account.security != "tls"
    return f"Port {opening.account.port} is open{' and a mail server answers' if is_greeted else ''}."


def _encrypt(opening: Opening) -> str:
    opening.secure()
    if opening.account.security == "none":
        return "Not encrypted: the mail does not leave this machine."
    return f"Encrypted, and the certificate belongs to {opening.account.host}."


def _log_in(opening: Opening) -> str:
    opening.log_in()
    return f"{opening.account.username} is logged in."


def _enter(opening: Opening) -> str:
    contents = opening.enter()
    count = "1 mail" if contents.mails == 1 else f"{contents.mails:,} mails"
    where = opening.account.folder if opening.account.protocol == "imap" else "The mailbox"
    return f"{where} is open, with {count} in it. Nothing was read or changed."


def _without_secret(raw: str, account: Account) -> str:
    """Some servers quote what they were told."""
    if not account.secret:
        return raw
    both = f"\0{account.username}\0{account.secret}"
    for secret in (account.secret, *(base64.b64encode(text.encode()).decode() for text in (account.secret, both))):
        raw = raw.replace(secret, "•••")
    return raw


def _name(mailbox_id: int) -> str:
    return f"mailbox {mailbox_id}"
