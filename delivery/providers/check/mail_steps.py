"""A real mail through a provider to somebody who works here: what a test of the connection cannot show."""

import time
from collections.abc import Iterator

from accounts.people.mailing import Mail
from delivery import staff_mail
from delivery.connection_tests import State, Step
from delivery.models import Provider

STEPS = {"mail": "A mail to you"}
_TEXT = """This mail came through {provider}.

It shows that the way works from here to your mailbox. Look at where it arrived: in the inbox, or among spam?
Its headers say whether SPF, DKIM and DMARC passed.
"""


def run(provider: Provider, recipient: str) -> Iterator[Step]:
    started = time.monotonic()
    mail = Mail(recipient, f"A test through {provider}", _TEXT.format(provider=provider))
    outcome = staff_mail.send_through(provider, mail)
    milliseconds = round((time.monotonic() - started) * 1000)
    if outcome.may_have_arrived:
        words, cure = (
            "It may have arrived: the connection broke before the answer.",
            "Look into your mailbox, then try again.",
        )
        yield Step("mail", State.WARN, milliseconds, words, cure, outcome.problem)
    elif outcome.problem:
        cure = "Read what the provider said; test the connection to see which step fails."
        yield Step("mail", State.BAD, milliseconds, "The provider did not take it.", cure, outcome.problem)
    else:
        yield Step(
            "mail", State.GOOD, milliseconds, f"{provider} has taken a mail to {recipient}. Look whether it arrives."
        )
