import html
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import AuditEntry, Organisation, Role, User
from accounts.organisation import setting_up
from accounts.signals import organisation_created

FORM = {
    "owner_name": "Olga Owner",
    "email": "Olga@Nordlicht.example",
    "password": "correct horse battery",
    "name": "Nordlicht Books",
    "postal_address": "Hafenstraße 7\n20457 Hamburg",
    "time_zone": "berlin",
    "sender_name": "Nordlicht",
    "sender_email": "news@nordlicht.example",
}


@pytest.fixture
def announced() -> Iterator[list[dict[str, Any]]]:
    heard: list[dict[str, Any]] = []

    def hear(**kwargs: Any) -> None:
        heard.append(kwargs)

    others = organisation_created.receivers
    organisation_created.receivers = []
    organisation_created.connect(hear)
    yield heard
    organisation_created.receivers = others


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login/", "/account/", "/settings/", "/settings/people/"])
def test_before_set_up_every_staff_page_leads_to_it(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == "/setup/"


@pytest.mark.django_db
def test_set_up_creates_organisation_and_owner_and_logs_in(client: Client, announced: list[dict[str, Any]]) -> None:
    assert client.get("/setup/").status_code == 200
    response = client.post("/setup/", FORM | {"with_sample": "on"})
    assert response.headers["Location"] == "/"
    organisation, owner = Organisation.objects.get(), User.objects.get()
    assert (organisation.name, organisation.time_zone) == ("Nordlicht Books", "Europe/Berlin")
    assert (owner.email, owner.role) == ("olga@nordlicht.example", Role.OWNER)
    assert client.get("/account/").status_code == 200
    assert AuditEntry.objects.get().action == "organisation.created"
    assert [(heard["organisation"], heard["owner"], heard["with_sample"]) for heard in announced] == [
        (organisation, owner, True)
    ]


@pytest.mark.django_db
def test_name_above_the_postal_address_is_said_once(client: Client, announced: list[object]) -> None:
    """Whoever copies an address from a letterhead has the name on top, and the foot of every mail has it, too."""
    client.post("/setup/", FORM | {"postal_address": "nordlicht books,\r\nHafenstraße 7\r\n20457 Hamburg"})
    assert Organisation.objects.get().address_line == "Hafenstraße 7, 20457 Hamburg"
    settings = FORM | {"approval": "none", "public_url": ""}
    client.post("/settings/", settings | {"postal_address": "Nordlicht Books\r\nKai 1"})
    assert Organisation.objects.get().address_line == "Kai 1"
    client.post("/settings/", settings | {"postal_address": "Nordlicht Books"})
    assert Organisation.objects.get().address_line == "Nordlicht Books"


@pytest.mark.django_db
def test_without_a_name_of_the_sender_mail_is_from_the_organisation(client: Client, announced: list[object]) -> None:
    client.post("/setup/", FORM | {"sender_name": ""})
    assert Organisation.objects.get().sender_name == "Nordlicht Books"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "olga", "This is not an e-mail address."),
        ("password", "short", "too short"),
        ("password", "olga@nordlicht.example", "too similar"),
        ("password", "password123", "too common"),
        ("time_zone", "Atlantis", "There is no time zone “Atlantis”"),
        ("sender_name", "Nordlicht\r\nBcc: all@example.org", "There are tabs or other invisible characters in it."),
        ("postal_address", "", "This is missing."),
        ("sender_email", "annchen@localhost", "“localhost” is no domain of the internet: nobody could answer"),
        ("sender_email", "annchen@[127.0.0.1]", "“[127.0.0.1]” is no domain of the internet"),
        ("sender_email", "annchen@shop.localhost", "“shop.localhost” is no domain of the internet"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_created(client: Client, field: str, value: str, said: str) -> None:
    response = client.post("/setup/", FORM | {field: value})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_beside_a_mistake_the_password_is_asked_for_once_more_and_the_rest_is_kept(client: Client) -> None:
    """It is not sent back, so its field is empty."""
    page = client.post("/setup/", FORM | {"email": "olga"}).content.decode()
    assert 'id="id_password_error"' in page
    assert page.count("Type the password once more.") == 2  # at the field, and in the summary
    assert "2 things need another" in page
    assert FORM["password"] not in page
    assert all(f'value="{FORM[name]}"' in page for name in ("owner_name", "name", "sender_name", "sender_email"))
    assert "Hafenstraße 7\n20457 Hamburg</textarea>" in page
    page = client.post("/setup/", FORM | {"password": "short"}).content.decode()
    assert "too short" in page
    assert "once more" not in page


@pytest.mark.django_db
def test_what_would_keep_mail_from_arriving_is_said_at_once_and_refuses_nothing(client: Client) -> None:
    typed = FORM | {"email": "annchen@localhost", "sender_email": "annchen@Gmail.com"}
    page = html.unescape(client.post("/setup/", typed, follow=True).content.decode())
    assert "Nobody but gmail.com itself may send as gmail.com, so mailboxes refuse it." in page
    assert "Send from an address at a domain of your own." in page
    assert "Mail from elsewhere cannot reach annchen@localhost" in page
    assert Organisation.objects.get().sender_email == "annchen@Gmail.com"
    again = client.get("/").content.decode()
    assert "Nobody but gmail.com" not in again


@pytest.mark.django_db
def test_sender_at_a_name_of_ones_own_network_is_taken_with_a_word_of_warning(client: Client) -> None:
    page = client.post("/setup/", FORM | {"sender_email": "post@shop.lan"}, follow=True).content.decode()
    assert "shop.lan is a name of your own network: mailboxes elsewhere refuse mail from it." in page
    assert Organisation.objects.get().sender_email == "post@shop.lan"


@pytest.mark.django_db
def test_an_address_that_may_be_used_is_not_remarked_on(client: Client) -> None:
    page = client.post("/setup/", FORM, follow=True).content.decode()
    assert "itself may send as" not in page
    assert "cannot reach" not in page


@pytest.mark.django_db
def test_set_up_happens_once(client: Client, organisation: Organisation) -> None:
    assert client.get("/setup/").headers["Location"] == "/"
    client.post("/setup/", FORM | {"name": "Usurpers"})
    assert Organisation.objects.get().name == "Nordlicht Books"
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins_and_the_other_leaves_no_trace(announced: list[dict[str, Any]]) -> None:
    gate = threading.Barrier(2)
    outcomes: list[str] = []

    def run(name: str) -> None:
        gate.wait()
        try:
            owner = setting_up.Owner(name, f"{name}@example.org", "correct horse battery")
            setting_up.set_up(
                owner, with_sample=False, name=name, postal_address="x", sender_name=name, sender_email="a@example.org"
            )
            outcomes.append("won")
        except setting_up.AlreadySetUp:
            outcomes.append("lost")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost", "won"]
    assert User.objects.get().name == Organisation.objects.get().name
    assert len(announced) == 1
