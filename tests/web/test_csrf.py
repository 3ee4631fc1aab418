"""Nothing changes for a request that another site made a browser send."""

import pytest
from django.urls import reverse

from accounts.models import Role
from tests.web import walking
from tests.web.addresses import ADDRESSES
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db

# Mail programs unsubscribe by a bare POST (RFC 8058), and recipients' pages work without cookies: the token of
# their address is the proof. What a site's server reports comes with a goal's secret in a header. Sign-up forms
# are posted from other sites by design. The sandbox's interface asks for a key in a header, and looks at no cookie.
WITHOUT_TOKEN: set[str] = {
    *("sandbox-api-mails", "sandbox-api-wait", "sandbox-api-mail", "sandbox-api-raw"),
    "goal-reached",
    *("signup", "signup-again", "signup-confirm", "signup-frame"),
    *("preferences", "address-confirm", "address-back"),
    "unsubscribe",
    "unsubscribe-counting",
    "unsubscribe-leave",
    "unsubscribe-undo",
}
# Exempt from the middleware only to guard the size of the upload before the token is read from it.
CHECKED_INSIDE: set[str] = {"import-new"}


def test_only_the_listed_views_do_without_a_csrf_token() -> None:
    exempt = {str(found.name) for found in walking.patterns() if getattr(found.callback, "csrf_exempt", False)}
    assert exempt <= WITHOUT_TOKEN | CHECKED_INSIDE


@pytest.mark.parametrize("name", sorted(set(ADDRESSES) - WITHOUT_TOKEN))
def test_a_post_without_a_token_is_refused(name: str) -> None:
    cast = Cast(Role.OWNER)
    address = ADDRESSES[name]
    url = reverse(name, kwargs=address.args(cast))
    data = address.post(cast) if address.post else {}
    browser = cast.browser(enforce_csrf_checks=True)
    before = walking.written()
    assert browser.post(url, data).status_code == 403
    assert walking.written() == before
