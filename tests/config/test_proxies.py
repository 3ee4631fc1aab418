from typing import Any

import pytest

from config.proxies import NOBODY, address, behind


@pytest.mark.parametrize(
    ("told", "is_"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:51234", "203.0.113.9"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", NOBODY),
        ("'; DROP TABLE", NOBODY),
        ("", NOBODY),
    ],
)
def test_what_a_proxy_tells_is_an_address_or_nobodys(told: str, is_: str) -> None:
    assert address(told) == is_


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "unknown", NOBODY),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
    ],
)
def test_only_trusted_proxies_are_believed_and_only_what_they_added(peer: str, forwarded: str, seen: str) -> None:
    environs: list[dict[str, Any]] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environs.append(environ)
        return []

    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}
    behind("127.0.0.1", application)(environ, lambda *_: None)
    assert environs[0]["REMOTE_ADDR"] == seen
