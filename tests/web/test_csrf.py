"""Which views do without a CSRF token; that all others refuse to, test_permissions.py shows."""

from tests.web import walking

# Mail programs unsubscribe by a bare POST (RFC 8058), and recipients' pages work without cookies: the token of
# their address is the proof. What a site's server reports comes with a goal's secret in a header. Sign-up forms
# are posted from other sites by design. The sandbox's interface asks for a key in a header, and looks at no cookie.
WITHOUT_TOKEN: set[str] = {
    *("sandbox-api-mails", "sandbox-api-wait", "sandbox-api-mail", "sandbox-api-raw"),
    "sandbox-api-attachment",
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
