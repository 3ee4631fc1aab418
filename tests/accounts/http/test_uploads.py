"""What the server in front of staff pages asks before it takes more than a form."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.http.uploads import HEADER
from accounts.models import User

MB = 2**20
ClientFor = Callable[[User], Client]


@pytest.mark.parametrize(("name", "least"), [("import-new", 200 * MB), ("image-upload", 9 * MB), ("brand-new", 5 * MB)])
def test_only_those_who_may_use_an_upload_may_send_one(
    client_for: ClientFor, admin: User, viewer: User, name: str, least: int
) -> None:
    assert int(client_for(admin).options(reverse(name))[HEADER]) >= least
    assert HEADER not in client_for(viewer).options(reverse(name))
    assert HEADER not in Client().options(reverse(name))


def test_other_views_take_no_more_than_a_form(client_for: ClientFor, admin: User) -> None:
    assert HEADER not in client_for(admin).options(reverse("contacts"))
