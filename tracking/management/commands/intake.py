from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from delivery.guards import readiness
from tracking.intake.mover import Intake


class Command(BaseCommand):
    requires_system_checks = ()  # migrating makes them; this one starts fast
    help = "Carries what readers did from this host's spools into the database, until it is told to end."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = readiness.told_to_end()
        intake = Intake(settings.SPOOL_DIR)
        readiness.say("intake")
        intake.run(stop)
