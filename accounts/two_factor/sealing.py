"""Secrets of second factors under a new key."""

from allauth.mfa.models import Authenticator

from accounts import secrets

_SEALED = ("secret", "seed")


def rotate() -> int:
    """Seal them anew under the first key; how many. Raises secrets.Unreadable; inside a transaction."""
    count = 0
    for factor in Authenticator.objects.select_for_update().select_related("user"):
        for name in _SEALED:
            if name in factor.data:
                factor.data[name] = _rotated(factor, name)
                count += 1
        factor.save(update_fields=["data"])
    return count


def _rotated(factor: Authenticator, name: str) -> str:
    try:
        return secrets.rotate(factor.data[name].encode()).decode()
    except secrets.Unreadable as problem:
        raise secrets.Unreadable(f"Second factor of {factor.user.email}: {problem}") from None
