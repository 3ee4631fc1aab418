"""The password asked again of somebody who is logged in: whoever sits at a session left open must not guess it."""

from accounts.login import throttling
from accounts.models import User


def is_right(user: User, password: str, address: str) -> bool:
    """Raises throttling.Locked after too many wrong ones."""
    who, where = f"present password of {user.pk}", throttling.network(address)
    throttling.begin(who, where)
    if not user.check_password(password):
        return False
    throttling.forget(who, where)
    return True
