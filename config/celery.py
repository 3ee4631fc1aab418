"""The Celery application, its queues and the beat timetable."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tallypost")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
