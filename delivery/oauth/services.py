"""Who gives tokens, for which servers, and what is asked of them. Pure."""

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Service:
    key: str
    name: str
    hosts: tuple[str, ...]  # a token goes to these and to no other
    authorize_url: str
    token_url: str
    scopes: dict[str, str]  # by what the token is for
    app_scope: str = ""  # of an application without a person; empty: it cannot do that
    more: tuple[tuple[str, str], ...] = ()


_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
_GOOGLE_MAIL = "https://mail.google.com/"
_OUTLOOK = "https://outlook.office.com"
SERVICES = {
    "google": Service(
        "google",
        "Google",
        ("gmail.com", "googlemail.com"),
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        {"smtp": _GOOGLE_MAIL, "imap": _GOOGLE_MAIL, "pop3": _GOOGLE_MAIL},
        more=(("access_type", "offline"), ("prompt", "consent")),
    ),
    "microsoft": Service(
        "microsoft",
        "Microsoft",
        ("office365.com", "outlook.com"),
        f"{_MICROSOFT}/authorize",
        f"{_MICROSOFT}/token",
        {
            "smtp": f"{_OUTLOOK}/SMTP.Send offline_access",
            "imap": f"{_OUTLOOK}/IMAP.AccessAsUser.All offline_access",
            "pop3": f"{_OUTLOOK}/POP.AccessAsUser.All offline_access",
        },
        "https://outlook.office365.com/.default",
        more=(("prompt", "select_account"),),
    ),
}


def of_host(host: str) -> Service | None:
    name = f".{host.strip().rstrip('.').lower()}"
    return next((one for one in SERVICES.values() if any(name.endswith(f".{end}") for end in one.hosts)), None)


def sign_in_url(
    service: Service, *, tenant: str, client_id: str, back: str, state: str, purpose: str, user: str
) -> str:
    """Where a person goes to agree."""
    asked = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": back,
        "scope": service.scopes[purpose],
        "state": state,
        "login_hint": user,
    }
    return f"{service.authorize_url.format(tenant=tenant)}?{urlencode({**asked, **dict(service.more)})}"
