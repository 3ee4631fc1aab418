"""The WSGI callable granian serves: opens, clicks and one-click unsubscribes go past Django, the rest through it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_django = get_wsgi_application()

from tracking.slim import mount  # noqa: E402  # needs the apps that the line above loaded

application = mount(_django)
