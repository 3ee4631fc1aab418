"""The WSGI callable granian serves: opens, clicks and one-click unsubscribes go past Django, the rest through it."""

import os

from django.core.wsgi import get_wsgi_application

from config import proxies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_django = get_wsgi_application()

from tracking.slim import mount  # noqa: E402  # needs the apps that the line above loaded

# The reader's address, as the proxies say that end TLS before us.
application = proxies.behind(os.environ.get("TRUSTED_PROXIES", "127.0.0.1"), mount(_django))
