"""What every form that names a mail server asks and checks alike."""

import ipaddress
import re
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.egress import networks
from accounts.fields import LineField
from accounts.templatetags.shell import day
from accounts.web_addresses import ascii_host

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)


def name_field(help_text: str) -> LineField:
    problems = {"required": "Give it a name your team will know it by."}
    return LineField(max_length=80, help_text=help_text, error_messages=problems)


def host_field(help_text: str) -> LineField:
    problems = {"required": "Enter the server's name; your provider's page says it."}
    return LineField(label="Server", max_length=255, help_text=help_text, error_messages=problems)


def read_host(text: str) -> str:
    """A server's name or address as people paste it; ValidationError for what is neither."""
    host = re.sub(r"^[a-z]+://", "", text.strip(), flags=re.IGNORECASE).rstrip("/.").strip("[]")
    if _address(host):
        return host
    if re.fullmatch(r".+:\d+", host):
        raise ValidationError("Leave out the port here; it has a field of its own.")
    try:
        name = ascii_host(host)
    except ValueError:
        name = ""
    if not all(map(_LABEL.fullmatch, name.split("."))):
        raise ValidationError("That is not the name of a server. It looks like smtp.example.org.")
    if name.rpartition(".")[2].isdigit() or name.startswith("0x"):
        raise ValidationError("That is not a complete address of a server.")
    return name


def check_port(port: int, usual: Collection[int], words: str) -> int:
    """`words`: why it may be none but the usual ones. ValidationError for any other."""
    if not 1 <= port <= 65_535:
        raise ValidationError("A port is a number from 1 to 65535.")
    if not settings.ALLOW_ANY_SMTP_PORT and port not in usual:
        raise ValidationError(words)
    return port


def ports_help() -> str:
    """Behind the words about the usual ones: what `check_port` takes beside them."""
    return "Any other from 1 to 65535 may be entered, too." if settings.ALLOW_ANY_SMTP_PORT else "No other is possible."


def is_this_machine(host: str) -> bool:
    """Where mail never passes through a network, encrypted or not."""
    return networks.is_this_machine(host) or host == settings.SANDBOX_HOST


def secret_help(set_at: datetime | None) -> str:
    """Of a password that goes in and never comes out."""
    if set_at:
        return f"Set {day(set_at)} and never shown again. Leave empty to keep it."
    return "Kept encrypted and never shown again."


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
