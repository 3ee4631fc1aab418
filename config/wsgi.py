"""The WSGI callables: opens, clicks and one-click unsubscribes go past Django, the rest through it."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from config import proxies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_django = get_wsgi_application()

from tracking.public.slim import mount  # noqa: E402  # needs the apps that the line above loaded

_all = mount(_django)


def _staff(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Reads what Django left of a body: the answer would be lost with the connection that still brings the rest."""
    answer = _django(environ, start_response)
    while environ["wsgi.input"].read(2**16):
        pass
    return answer


# The reader's address, as the proxies say that end TLS before us.
application = proxies.behind(os.environ.get("TRUSTED_PROXIES", "127.0.0.1"), _all)

# The front knows that address already.
recipients = _all

# What it hands on names one address, and nobody else reaches the socket of staff pages.
staff = proxies.behind("*", _staff)
