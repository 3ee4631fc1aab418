"""What this installation may learn of its readers. Pure."""

from dataclasses import dataclass

from django.db import models


class Tracking(models.TextChoices):
    """How the opens and clicks of a mail are counted."""

    INDIVIDUAL = "individual", "By person"
    ANONYMOUS = "anonymous", "Anonymously"
    OFF = "off", "Not at all"


class AddressKept(models.TextChoices):
    """What is stored of the internet address that opens or clicks come from."""

    NEIGHBOURHOOD = "neighbourhood", "Shortened"
    NONE = "none", "Not at all"
    FULL = "full", "In full"


@dataclass(frozen=True, slots=True)
class Rules:
    """What applies to people who were never asked, and to where they read from."""

    unknown_opens: bool = True
    unknown_clicks: bool = True
    address_kept: str = AddressKept.NEIGHBOURHOOD
