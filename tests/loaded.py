"""What the processes that tests fork have loaded already: imported by their parent alone."""

import gc
import importlib

import django

from config import warmed

# A web application has read the settings: each process that answers there makes its own.
_OWN = {"config.web.front", "config.wsgi"}

gc.disable()
django.setup()
_TESTS = ("delivery.engine.process", "tests.delivery.engine.plain", "tests.delivery.engine.worker", "tests.forked")
for name in (*warmed.LOADED, "config.urls", "tracking.public.slim", *_TESTS):
    if name not in _OWN:
        importlib.import_module(name)
gc.freeze()
gc.enable()
