from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Invitation, Role, User

Browser = Callable[[User], Client]
PASSWORD = "correct horse battery"


def invite(browser: Client, role: str = "marketer", email: str = "Neu@Nordlicht.example") -> str:
    """The path of the link as the page shows it."""
    browser.post("/settings/people/invite/", {"email": email, "role": role})
    page = browser.get("/settings/people/").content.decode()
    return "/" + page.partition('value="https://news.nordlicht.example/')[2].partition('"')[0]


def test_an_invited_person_joins_with_the_role_they_were_given(
    client: Client, client_for: Browser, admin: User
) -> None:
    path = invite(client_for(admin), "marketer")
    assert "neu@nordlicht.example as Marketer" in client.get(path).content.decode()
    assert client.post(path, {"name": "Nele Neu", "password": PASSWORD}).headers["Location"] == "/"
    joined = User.objects.get(email="neu@nordlicht.example")
    assert (joined.name, joined.role) == ("Nele Neu", Role.MARKETER)
    assert client.get("/account/").status_code == 200
    assert client.get("/settings/people/").status_code == 403
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"invitation.created", "invitation.accepted"}


def test_the_link_is_shown_once_and_stored_nowhere(client_for: Browser, admin: User) -> None:
    browser = client_for(admin)
    token = invite(browser).split("/")[2]
    assert len(token) >= 40
    assert token not in browser.get("/settings/people/").content.decode()
    assert not Invitation.objects.filter(token_digest=token).exists()


def test_a_link_works_for_one_person(client: Client, client_for: Browser, admin: User) -> None:
    path = invite(client_for(admin))
    client.post(path, {"name": "Nele", "password": PASSWORD})
    second = Client().post(path, {"name": "Somebody else", "password": PASSWORD})
    assert second.status_code == 404
    assert User.objects.count() == 2


def test_a_link_ends_after_seven_days(client: Client, client_for: Browser, admin: User) -> None:
    path = invite(client_for(admin))
    found = Invitation.objects.get()
    assert timedelta(6.9) < found.expires_at - timezone.now() < timedelta(7)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = client.get(path)
    assert response.status_code == 404
    assert "no longer works" in response.content.decode()


def test_inviting_again_ends_the_older_link(client: Client, client_for: Browser, admin: User) -> None:
    older, newer = invite(client_for(admin)), invite(client_for(admin))
    assert client.get(older).status_code == 404
    assert client.get(newer).status_code == 200


def test_a_link_taken_back_no_longer_works(client: Client, client_for: Browser, admin: User) -> None:
    path = invite(client_for(admin))
    client_for(admin).post(f"/settings/people/invitations/{Invitation.objects.get().pk}/revoke/")
    assert client.get(path).status_code == 404


def test_somebody_who_works_here_is_not_invited(client_for: Browser, admin: User, viewer: User) -> None:
    response = client_for(admin).post(
        "/settings/people/invite/", {"email": "VIEWER@nordlicht.example", "role": "admin"}
    )
    assert response.status_code == 422
    assert "already works here" in response.content.decode()


def test_an_admin_makes_no_owner(client_for: Browser, admin: User, viewer: User) -> None:
    browser = client_for(admin)
    browser.post("/settings/people/invite/", {"email": "neu@nordlicht.example", "role": "owner"})
    assert not Invitation.objects.exists()
    browser.post(f"/settings/people/{viewer.pk}/role/", {"role": "owner"})
    viewer.refresh_from_db()
    assert viewer.role == Role.VIEWER


@pytest.mark.parametrize("act", ["role", "deactivate"])
def test_an_admin_cannot_touch_an_owner(client_for: Browser, admin: User, owner: User, act: str) -> None:
    User.objects.create_user("second@nordlicht.example", PASSWORD, role=Role.OWNER)
    response = client_for(admin).post(f"/settings/people/{owner.pk}/{act}/", {"role": "viewer"})
    assert response.status_code == 403
    assert "Only an owner can change an owner" in response.content.decode()
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == (Role.OWNER, True)


def test_the_last_owner_stays_owner(client_for: Browser, owner: User) -> None:
    response = client_for(owner).post(f"/settings/people/{owner.pk}/role/", {"role": "admin"})
    assert response.status_code == 403
    assert "only owner" in response.content.decode()
    User.objects.create_user("second@nordlicht.example", PASSWORD, role=Role.OWNER)
    client_for(owner).post(f"/settings/people/{owner.pk}/role/", {"role": "admin"})
    owner.refresh_from_db()
    assert owner.role == Role.ADMIN


@pytest.mark.parametrize(
    ("becomes", "invited_as", "lasts"),
    [("admin", "owner", False), ("admin", "admin", True), ("marketer", "admin", False), ("viewer", "viewer", False)],
)
def test_an_invitation_gives_nothing_that_its_maker_lost(
    client: Client, client_for: Browser, owner: User, becomes: str, invited_as: str, lasts: bool
) -> None:
    second = User.objects.create_user("second@nordlicht.example", PASSWORD, role=Role.OWNER)
    path = invite(client_for(second), invited_as)
    client_for(owner).post(f"/settings/people/{second.pk}/role/", {"role": becomes})
    assert client.get(path).status_code == (200 if lasts else 404)


def test_a_deactivated_owner_does_not_count_as_the_other_owner(client_for: Browser, owner: User) -> None:
    User.objects.create_user("second@nordlicht.example", PASSWORD, role=Role.OWNER, is_active=False)
    assert client_for(owner).post(f"/settings/people/{owner.pk}/role/", {"role": "admin"}).status_code == 403


def test_nobody_deactivates_themselves(client_for: Browser, owner: User, admin: User) -> None:
    assert client_for(admin).post(f"/settings/people/{admin.pk}/deactivate/").status_code == 403


def test_deactivation_ends_sessions_logins_and_invitations_at_once(
    client: Client, client_for: Browser, owner: User, admin: User
) -> None:
    theirs = client_for(admin)
    path = invite(theirs)
    client_for(owner).post(f"/settings/people/{admin.pk}/deactivate/")
    assert theirs.get("/account/").status_code == 302
    client.post("/login/", {"login": admin.email, "password": PASSWORD})
    assert client.get("/account/").status_code == 302
    assert client.get(path).status_code == 404
    client_for(owner).post(f"/settings/people/{admin.pk}/reactivate/")
    assert theirs.get("/account/").status_code == 302
    client.post("/login/", {"login": admin.email, "password": PASSWORD})
    assert client.get("/account/").status_code == 200
    assert AuditEntry.objects.filter(user=owner).count() == 2
