"""A service's certificate is verified by its name, its date and who signed it, before a key is told to anybody."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from accounts.egress import fetching
from accounts.egress.allowed import Allowed
from delivery import content
from delivery.ledger import tally
from delivery.models import Batch, Breaker, Provider
from tests.delivery.engine.api.test_services import Written, through
from tests.delivery.engine.api.web import Web
from tests.delivery.engine.certificates import Authority


@pytest.fixture(autouse=True)
def believed(authority: Authority, settings: Any) -> Iterator[None]:
    settings.EGRESS_ALLOW = Allowed.read("127.0.0.1")
    content.register("written", lambda batch: Written())
    fetching._trusted.cache_clear()
    yield
    fetching._trusted.cache_clear()


def by_tls(web: Web) -> Provider:
    provider = through(web)
    Provider.objects.filter(pk=provider.pk).update(security="tls")
    provider.refresh_from_db()
    return provider


def test_mail_leaves_over_a_certificate_that_is_good(
    authority: Authority, batch_of: Callable[..., Batch], send: Callable[..., None]
) -> None:
    with closing(Web("postmark", authority.context())) as web:
        batch = batch_of(by_tls(web), ["ok1@example.org", "ok2@example.org"], content_kind="written")
        send(batch)
        assert tally(batch).words == "2 = 2 + 0 + 0 + 0 + 0"
        assert {got.recipient for got in web.got} == {"ok1@example.org", "ok2@example.org"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({"host": "other.example"}, "it is for another"),
        ({"days": -1}, "expired"),
        (None, "its signature is not its signer’s"),
    ],
    ids=["another name", "expired", "signed by a stranger"],
)
def test_a_certificate_that_is_not_good_gets_no_key_and_no_mail(
    spoil: dict[str, Any] | None,
    words: str,
    authority: Authority,
    batch_of: Callable[..., Batch],
    send: Callable[..., None],
    tmp_path: Path,
) -> None:
    (tmp_path / "stranger").mkdir()
    signer = authority if spoil is not None else Authority(tmp_path / "stranger")
    with closing(Web("postmark", signer.context(**(spoil or {})))) as web:
        provider = by_tls(web)
        batch = batch_of(provider, ["ok1@example.org"], content_kind="written")
        send(batch)
        assert not web.got
        assert tally(batch).waiting == 1, "nobody is refused or uncertain for it"
        said = Breaker.objects.get(provider=provider).words
        assert "The certificate of 127.0.0.1 is not good" in said
        assert words in said
