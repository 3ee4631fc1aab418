"""Nobody gets a link to a host that a request made up."""

import pytest
from django.test import Client

from accounts.models import User

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
