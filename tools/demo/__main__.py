"""`make demo`: Tallypost with sample data, in a var folder of its own that may be thrown away."""

import os
import sys

from config import run
from tools.usage import takes_nothing

EMAIL, PASSWORD = "demo@tallypost.example", "tally-post-demo"


def main() -> int:
    os.environ["TALLYPOST_VAR"] = os.environ.get("TALLYPOST_VAR", str(run.ROOT / "var" / "demo"))
    return run.main(fill)


def fill() -> None:
    """What the set-up page does, unless it was done."""
    from accounts.models import Organisation
    from accounts.organisation.setting_up import Owner, set_up
    from tools.demo import filling

    if Organisation.get() is None:
        owner = set_up(
            Owner(email=EMAIL, password=PASSWORD, name="Ada Demo"),
            with_sample=False,
            name="Harbour Books",
            postal_address="7 Harbour Street\nBristol BS1 4QA\nUnited Kingdom",
            time_zone="Europe/London",
            sender_name="Harbour Books",
            sender_email="news@harbour-books.example",
        )
        print("Writing a year of Harbour Books; about a minute …", flush=True)
        filling.fill(owner)
    print(f"  Log in as {EMAIL} with the password {PASSWORD}", flush=True)


if __name__ == "__main__":
    takes_nothing("tools.demo", __doc__)
    sys.exit(main())
