"""The menu: what exists and what this person may open, nothing else."""

from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, resolve, reverse

from accounts.models import User
from accounts.permissions import Permission, allows

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("", (("home", "Home"), ("campaigns", "Campaigns"), ("reports", "Reports"))),
    (
        "Audience",
        (
            ("contacts", "Contacts"),
            ("lists", "Lists"),
            ("segments", "Segments"),
            ("forms", "Forms"),
            ("imports", "Imports"),
            ("suppressions", "Suppressed"),
        ),
    ),
    (
        "Content",
        (
            ("templates", "Templates"),
            ("saved-blocks", "Saved blocks"),
            ("images", "Images"),
            ("brands", "Brands"),
            ("seed-lists", "Seed lists"),
        ),
    ),
    (
        "Delivery",
        (
            ("deliverability", "Deliverability"),
            ("providers", "Providers"),
            ("domains", "Domains"),
            ("routes", "Routes"),
            ("returned", "Returned mail"),
            ("sandbox", "Sandbox"),
            ("messages", "Log"),
        ),
    ),
    (
        "Settings",
        (
            ("settings", "Organisation"),
            ("counting", "Opens and clicks"),
            ("goals", "Conversions"),
            ("people", "People"),
            ("faults", "Faults"),
        ),
    ),
)
ON_THE_PHONE = ("home", "campaigns", "contacts", "messages")


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    entries: tuple[Entry, ...]


def groups(user: User, path: str) -> tuple[Group, ...]:
    """The menu of `user`; the entry whose address is the longest beginning of `path` is current."""
    if not user.is_active:
        return ()
    urls = (entry.url for group in _groups(user.role) for entry in group.entries)
    return _groups(user.role, max((url for url in urls if _leads_to(url, path)), key=len, default=""))


def above(user: User, path: str) -> Entry | None:
    """The page of the menu below which `path` lies; None for one that stands in the menu itself."""
    current = next((entry for group in groups(user, path) for entry in group.entries if entry.is_current), None)
    return current if current and current.url not in ("/", path) else None


def address_of(name: str, user: User) -> str | None:
    """Where `name` is, if there is such a page and `user` may open it."""
    try:
        url, needed = _place(name)
    except NoReverseMatch:
        return None
    return url if allows(user, needed) else None


@cache
def _place(name: str) -> tuple[str, Permission]:
    """Every page shows the menu, and to resolve its twenty addresses took a fifth of a page's time."""
    url = reverse(name)
    return url, getattr(resolve(url).func, "permission", Permission.LOOK)


@cache
def _groups(role: str, current: str = "") -> tuple[Group, ...]:
    """Once for each role and entry: every page asks three times."""
    user, found = User(role=role), []
    for title, names in GROUPS:
        places = ((name, label, address_of(name, user)) for name, label in names)
        if entries := tuple(Entry(name, label, url, url == current) for name, label, url in places if url):
            found.append(Group(title, entries))
    return tuple(found)


def _leads_to(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
