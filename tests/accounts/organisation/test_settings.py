from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEntry, Organisation, User
from accounts.organisation import public_address

Browser = Callable[[User], Client]
FORM = {
    "name": "Nordlicht",
    "postal_address": "Kai 1, Hamburg",
    "time_zone": "Europe/Lisbon",
    "sender_name": "Nordlicht",
    "sender_email": "post@nordlicht.example",
    "public_url": "https://news.nordlicht.example",
    "approval": "none",
}


def test_saved_settings_are_used_and_audited(client_for: Browser, admin: User) -> None:
    assert client_for(admin).post("/settings/", FORM).headers["Location"] == "/settings/"
    saved = Organisation.objects.get()
    assert (saved.name, saved.time_zone) == ("Nordlicht", "Europe/Lisbon")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.user) == ("organisation.changed", admin)
    assert "name" in entry.detail["fields"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("public_url", "news.nordlicht.example", "https://"),
        ("public_url", "https://localhost/mail", "no path"),
        ("public_url", "https://[::1", "name of the host"),
        ("public_url", "https://a-very-very-long-name.newsletters.nordlicht.example", "48 is the most"),
        ("name", "a\nb", "invisible characters"),
        ("sender_email", "post@localhost", "is no domain of the internet"),
    ],
)
def test_what_would_break_is_refused(client_for: Browser, admin: User, field: str, value: str, said: str) -> None:
    response = client_for(admin).post("/settings/", FORM | {field: value})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Organisation.objects.get().name == "Nordlicht Books"


def test_free_mail_sender_is_saved_with_a_word_of_warning(client_for: Browser, admin: User) -> None:
    client = client_for(admin)
    page = client.post("/settings/", FORM | {"sender_email": "post@gmx.de"}, follow=True).content.decode()
    assert "Nobody but gmx.de itself may send as gmx.de, so mailboxes refuse it." in page
    assert Organisation.objects.get().sender_email == "post@gmx.de"
    assert "itself may send" not in client.post("/settings/", FORM, follow=True).content.decode()


@pytest.mark.parametrize(
    ("address", "will_do"),
    [
        ("https://news.example.org", True),
        ("http://news.example.org", False),
        ("https://localhost", False),
        ("https://localhost.", False),
        ("https://localhost.localdomain", False),
        ("https://news.example.org.", True),
        ("https://127.0.0.1:8000", False),
        ("https://192.168.1.5", False),
        ("https://mail.local", False),
        ("https://[::1]", False),
    ],
)
def test_real_mail_needs_a_public_https_address(address: str, will_do: bool) -> None:
    assert (public_address.why_not_for_real(address) is None) == will_do
