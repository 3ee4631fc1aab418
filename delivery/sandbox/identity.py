"""How the sandbox proves that it is ours: another program, or another Tallypost, may listen where it should."""

from functools import cache
from hashlib import blake2b

from django.conf import settings


@cache
def proof() -> str:
    """Stands in the greeting of the sandbox; only who has this installation's key can say it."""
    key = blake2b(settings.TOKEN_KEY.encode(), digest_size=32).digest()
    return blake2b(b"the sandbox greets", digest_size=12, key=key).hexdigest()
