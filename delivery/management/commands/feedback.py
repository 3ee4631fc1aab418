import gc
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from delivery.feedback.process import run
from delivery.guards import readiness


class Command(BaseCommand):
    requires_system_checks = ()  # migrating makes them; this one starts fast
    help = "Reads what comes back of our mail and acts on it, until it is told to end."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with readiness.alone("feedback"):
                stop = readiness.told_to_end()
                gc.freeze()  # what is loaded is not looked through with every collection
                readiness.say("feedback")
                run(stop)
        except readiness.RunsAlready as problem:
            raise CommandError(str(problem)) from None
