"""What a stranger finds who tries the usual addresses."""

import pytest
from django.conf import settings
from django.test import Client

USUAL = [
    *("/.env", "/docker/.env", "/.git/HEAD", "/admin/", "/manage.py", "/config/settings.py", "/var/keys/token_key"),
    *("/static/../config/settings.py", "/static/%2e%2e/config/settings.py", "/static/..%2f..%2fetc/passwd"),
    *("/i/../../etc/passwd", "/i/..%2f..%2fetc%2fpasswd", "/__debug__/", "/server-status"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", USUAL)
def test_nothing_but_pages_is_served(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 404
    assert b"SECRET" not in answer.content


def test_debug_pages_are_off_unless_somebody_asks() -> None:
    assert settings.DEBUG is False
    assert not [app for app in settings.INSTALLED_APPS if "debug" in app or app == "django.contrib.admin"]
