from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from delivery.models import Provider
from delivery.providers.forms import ProviderForm
from delivery.providers.presets import presets
from delivery.providers.server_fields import read_host

FILLED: dict[str, Any] = {
    "name": "Relay",
    "host": "smtp.example.org",
    "port": 587,
    "security": "starttls",
    "username": "post",
    "password": "secret",
    "connections": 5,
    "messages_per_connection": 100,
}


def form(provider: Provider | None = None, /, **changes: Any) -> ProviderForm:
    return ProviderForm(FILLED | changes, instance=provider)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("smtp.example.org", "smtp.example.org"),
        (" SMTP.Example.Org. ", "smtp.example.org"),
        ("https://smtp.example.org/", "smtp.example.org"),
        ("postbüro.example", "xn--postbro-r2a.example"),
        ("192.168.1.20", "192.168.1.20"),
        ("[2001:db8::5]", "2001:db8::5"),
        ("localhost", "localhost"),
        ("mail_relay", "mail_relay"),
    ],
)
def test_a_server_is_understood_as_people_paste_it(typed: str, host: str) -> None:
    assert read_host(typed) == host


@pytest.mark.parametrize(
    "typed",
    ["", "smtp.example.org:587", "user@smtp.example.org", "a b", "127.1", "0x7f.1", "2130706433", "-x.org", "a..b"],
)
def test_what_is_no_server_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        read_host(typed)


@pytest.mark.django_db
@pytest.mark.parametrize("port", [25, 465, 587, 2525])
def test_the_ports_of_mail_are_open(port: int) -> None:
    assert form(port=port).is_valid()


@pytest.mark.django_db
@pytest.mark.parametrize("port", [0, 22, 80, 443, 5432, 6379, 70_000])
def test_other_ports_are_closed_so_that_nobody_knocks_on_other_doors(port: int) -> None:
    assert "port" in form(port=port).errors


@pytest.mark.django_db
def test_the_sandbox_may_be_reached_as_a_server_like_any_other(settings: Settings) -> None:
    settings.SANDBOX_PORT = 34567
    for host in ("127.0.0.1", "127.0.1.1", "localhost", "localhost.localdomain", "ip6-localhost", "[::1]"):
        assert form(port=34567, host=host, security="none").is_valid(), host


@pytest.mark.django_db
def test_an_operator_may_allow_any_port(settings: Settings) -> None:
    settings.ALLOW_ANY_SMTP_PORT = True
    assert form(port=10025).is_valid()


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["smtp.example.org", "10.0.0.5"])
def test_mail_leaves_this_machine_only_encrypted(host: str) -> None:
    assert "security" in form(host=host, security="none").errors


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"host": "smtp.evil.example"}, {"port": 465}, {"security": "tls"}])
def test_a_stored_password_is_not_sent_to_another_server(change: dict[str, Any]) -> None:
    provider = form().save()
    changed = form(provider, password="", **change)
    assert "password" in changed.errors


@pytest.mark.django_db
def test_an_empty_password_keeps_the_one_that_is_set() -> None:
    provider = form().save()
    changed = form(provider, password="", name="Relay two", per_second=14)
    assert changed.is_valid()
    assert changed.save().password == "secret"


@pytest.mark.django_db
def test_without_a_user_name_the_password_goes() -> None:
    provider = form().save()
    changed = form(provider, username="", password="")
    assert changed.is_valid()
    assert changed.save().password == ""


@pytest.mark.django_db
def test_a_user_name_needs_a_password() -> None:
    assert "password" in form(password="").errors


@pytest.mark.django_db
def test_two_providers_cannot_share_a_name() -> None:
    form().save()
    assert "name" in form(name="relay").errors


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["name", "username", "host"])
def test_line_breaks_do_not_get_into_a_provider(field: str) -> None:
    assert field in form(**{field: "smtp\r\nBcc: x"}).errors


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["per_second", "per_day", "connections", "messages_per_connection"])
def test_a_limit_of_nothing_is_refused(limit: str) -> None:
    assert limit in form(**{limit: 0}).errors


@pytest.mark.django_db
@pytest.mark.parametrize("key", sorted(presets()))
def test_each_preset_fills_in_a_valid_form(key: str) -> None:
    filled = form(**({"username": "post"} | presets()[key].initial))
    assert filled.is_valid(), filled.errors
