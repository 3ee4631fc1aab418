"""Whose request it is, when a proxy stands in between."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from granian.utils.proxies import wrap_wsgi_with_proxy_headers

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

NOBODY = "0.0.0.0"  # noqa: S104  # nothing listens there: it stands for an address that nobody told us
_LONG = 100  # characters of X-Forwarded-For
_WITH_PORT = re.compile(r"\[(.+)\](?::\d+)?|([\d.]+):\d+")


def behind(trusted: str, application: Application) -> Application:
    """REMOTE_ADDR as the proxies of `trusted` say, and always an address: it goes into columns that hold nothing else.

    Some proxies forward an address with its port, or a word such as "unknown".
    """

    def addressed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = address(environ.get("REMOTE_ADDR") or "")
        return application(environ, start_response)

    wrapped: Application = wrap_wsgi_with_proxy_headers(addressed, trusted_hosts=trusted.split(","))
    return wrapped


def reader(trusted: str) -> Callable[[str, str | None], str]:
    """Whose request it is, of the address that it came from and what X-Forwarded-For says."""
    wrapped = wrap_wsgi_with_proxy_headers(lambda environ, _: environ["REMOTE_ADDR"], trusted_hosts=trusted.split(","))

    def read(peer: str, forwarded: str | None) -> str:
        said = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
        return address(wrapped({"REMOTE_ADDR": address(peer), **said}, None) or "")

    remembered = lru_cache(1024)(read)

    def known(peer: str, forwarded: str | None) -> str:
        """Ten times as fast; what a stranger made long is not kept."""
        return read(peer, forwarded) if forwarded and len(forwarded) > _LONG else remembered(peer, forwarded)

    return known


def address(text: str) -> str:
    with_port = _WITH_PORT.fullmatch(text.strip())
    bare = (with_port[1] or with_port[2]) if with_port else text.strip()
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return NOBODY
    return str(getattr(found, "ipv4_mapped", None) or found)
