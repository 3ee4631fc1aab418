"""Nobody gets a link to a host that a request made up."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Organisation, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/login/", "/setup/", "/u/x", "/settings/people/"])
def test_a_host_that_is_not_ours_is_refused(path: str, owner: User, settings: object) -> None:
    settings.ALLOWED_HOSTS = ["news.nordlicht.example"]  # type: ignore[attr-defined]
    browser = Client(HTTP_HOST="evil.example")
    browser.force_login(owner)
    assert browser.get(path).status_code == 400


def test_an_invitation_leads_to_the_public_address(client: Client, owner: User) -> None:
    client.force_login(owner)
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9"}
    client.post("/settings/people/invite/", {"email": "neu@nordlicht.example", "role": "viewer"}, headers=forwarded)
    page = client.get("/settings/people/", headers=forwarded).content.decode()
    assert "https://news.nordlicht.example/invitation/" in page
    assert "evil.example" not in page


def test_the_public_address_under_settings_is_answered_without_a_restart(
    client: Client, owner: User, organisation: Organisation, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    fresh = "https://mail.an-ordinary-organisations-name.org"
    client.force_login(owner)
    fields = ["name", "postal_address", "time_zone", "sender_name", "sender_email", "approval"]
    typed = {name: getattr(organisation, name) for name in fields}
    page = client.post("/settings/", {**typed, "public_url": fresh}, headers={"Host": "localhost"})
    assert page.status_code == 302
    assert client.get("/login/", headers={"Host": "mail.an-ordinary-organisations-name.org"}).status_code == 302
    assert client.get("/login/", headers={"Host": "evil.example"}).status_code == 400
