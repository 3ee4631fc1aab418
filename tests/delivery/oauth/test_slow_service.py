"""A service that takes long to answer keeps nobody waiting but those who need the token, and no refresh token is lost:
services take each back when they give the next one."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import secrets
from accounts.models import User
from delivery.connection_tests import Run, State, Step
from delivery.feedback.mailbox import check
from delivery.feedback.mailbox.account import Account
from delivery.models import OAuthLogin, ReturnMailbox
from delivery.oauth import tokens
from delivery.oauth.tokens import NoToken
from tests.delivery.oauth.conftest import TokenServer
from tests.delivery.oauth.test_tokens import login, provider
from tests.running import until

pytestmark = pytest.mark.django_db(transaction=True)


class Asking(threading.Thread):
    """A worker that needs a token."""

    def __init__(self, made: OAuthLogin) -> None:
        super().__init__()
        self._made = made
        self.found: str | Exception = ""
        self.start()

    def run(self) -> None:
        try:
            self.found = tokens.access(self._made, "localhost")
        except NoToken as problem:
            self.found = problem
        connection.close()


def ends(seconds: int = 0) -> None:
    OAuthLogin.objects.update(expires_at=timezone.now() + timedelta(seconds=seconds))


def asked(server: TokenServer) -> None:
    until(lambda: server.asked, every=0.01)


def test_nothing_but_the_advisory_lock_is_held_while_the_service_is_asked(token_server: TokenServer) -> None:
    made = login(provider())
    token_server.turning_over = "refresh-canary"
    token_server.answers.clear()
    worker = Asking(made)
    asked(token_server)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start IS NOT NULL AND backend_type = 'client backend'"
        )
        assert cursor.fetchone() == (0,)
    with transaction.atomic():
        OAuthLogin.objects.select_for_update(nowait=True).get()
    token_server.answers.set()
    worker.join()
    assert worker.found == "access-1"
    assert secrets.open(OAuthLogin.objects.get().refresh_sealed or b"") == token_server.turning_over


def test_of_many_at_once_one_asks_and_the_newest_refresh_token_is_kept(token_server: TokenServer) -> None:
    made = login(provider())
    token_server.turning_over = "refresh-canary"
    for round_ in range(1, 4):
        token_server.answers.clear()
        workers = [Asking(made) for _ in range(5)]
        until(lambda: len(token_server.asked) == round_, every=0.01)  # noqa: B023  # asked before the next round
        token_server.answers.set()
        for worker in workers:
            worker.join()
        assert {worker.found for worker in workers} == {f"access-{round_}"}
        assert secrets.open(OAuthLogin.objects.get().refresh_sealed or b"") == token_server.turning_over
        ends()
        made.refresh_from_db()
    assert len(token_server.asked) == 3


@pytest.mark.parametrize(("client_id", "secret"), [("client-2", "another"), ("client-1", "the-next-secret")])
@pytest.mark.parametrize("status", [200, 400])
def test_what_an_admin_enters_meanwhile_stays(
    token_server: TokenServer,
    admin: User,
    client_for: Callable[[User], Client],
    client_id: str,
    secret: str,
    status: int,
) -> None:
    office = provider(host="smtp.office365.com")
    made = login(office)
    token_server.status = status
    token_server.answer = (
        {"access_token": "access", "refresh_token": "next"} if status == 200 else {"error": "invalid_client"}
    )
    token_server.answers.clear()
    worker = Asking(made)
    asked(token_server)
    given = {"client_id": client_id, "tenant": "common", "client_secret": secret}
    client_for(admin).post(f"/providers/{office.pk}/sign-in/", given)
    token_server.answers.set()
    worker.join()
    kept = OAuthLogin.objects.get()
    assert (kept.client_id, secrets.open(kept.client_secret_sealed)) == (client_id, secret)
    assert not kept.is_refused  # which was said of what it was before
    if client_id == "client-2":
        assert (kept.refresh_sealed, kept.access_sealed) == (None, None)
        assert isinstance(worker.found, NoToken)
    else:  # the same application, so that the service goes on from what it gave
        assert secrets.open(kept.refresh_sealed or b"") == ("next" if status == 200 else "refresh-canary")


def test_sign_in_that_is_ended_meanwhile_is_gone(token_server: TokenServer) -> None:
    made = login(provider())
    token_server.answers.clear()
    worker = Asking(made)
    asked(token_server)
    made.delete()
    token_server.answers.set()
    worker.join()
    assert isinstance(worker.found, NoToken)
    assert not OAuthLogin.objects.exists()


def test_no_service_is_asked_within_a_transaction(token_server: TokenServer) -> None:
    made = login(provider())
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        tokens.access(made, "localhost")
    assert token_server.asked == []


def test_noting_what_came_of_a_test_of_a_mailbox_asks_for_no_token(token_server: TokenServer) -> None:
    mailbox = ReturnMailbox.objects.create(
        name="Bounces", host="localhost", username="kim", login_by=ReturnMailbox.LoginBy.TOKEN
    )
    login(mailbox)
    tested = Account.of(mailbox)
    OAuthLogin.objects.update(access_sealed=secrets.seal("renewed meanwhile"))
    ends()
    failed = [Step("login", State.BAD, 1, "The server refused the access token.", "Sign in again.", "")]
    check.note(mailbox.pk, tested, Run(uuid.uuid4(), check.STEPS, failed, is_done=True))
    mailbox.refresh_from_db()
    assert mailbox.problem == "The server refused the access token."
    assert len(token_server.asked) == 1
