"""Secrets at rest: sealed with Fernet, under keys that are not SECRET_KEY.

The first of SECRETS_KEYS seals, all of them open; `manage.py rotate_secrets` seals everything anew under the first.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """None of SECRETS_KEYS opens this secret: the key is lost, or the row comes from another installation."""


def seal(plain: str) -> bytes:
    return _keys(tuple(settings.SECRETS_KEYS)).encrypt(plain.encode())


def open(sealed: bytes | memoryview) -> str:
    try:
        return _keys(tuple(settings.SECRETS_KEYS)).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise Unreadable("The stored secret does not open with the keys of this installation.") from None


def rotate(sealed: bytes | memoryview) -> bytes:
    """The same secret, sealed under the first key."""
    try:
        return _keys(tuple(settings.SECRETS_KEYS)).rotate(bytes(sealed))
    except InvalidToken:
        raise Unreadable("The stored secret does not open with the keys of this installation.") from None


def are_same(one: bytes | memoryview | None, other: bytes | memoryview | None) -> bool:
    """What is in them, under whichever key each was sealed. What cannot be opened is the same as its copy alone."""
    if one is None or other is None:
        return one is other
    try:
        return bytes(one) == bytes(other) or open(one) == open(other)
    except Unreadable:
        return False


@lru_cache(maxsize=4)
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key.strip()) for key in keys])
