"""One person's mail as a page: the version that was sent to them, without pixel and with plain links."""

import threading
from functools import lru_cache

from contacts import merge_values
from contacts.models import Contact
from delivery import content, tokens
from delivery.content import Compiled, Recipient
from delivery.models import Batch, Message

_VERSIONS_KEPT = 32  # compiled, in each process

_at_a_time = threading.Lock()


class Gone(Exception):
    """There is no such mail any more, or nobody it was for."""


class Unknown(Exception):
    """No token of ours."""


def shown(token: str) -> str:
    """The mail's HTML with what is known of the person today. Raises Unknown and Gone."""
    numbers = tokens.read(tokens.VIEW, token)
    if numbers is None:
        raise Unknown
    message = Message.objects.select_related("batch").filter(id=numbers[0]).first()
    if message is None:
        raise Gone
    recipient = _recipient(message)
    try:
        # What is compiled remembers the last message's tokens, so one thread at a time may ask it.
        with _at_a_time:
            return _compiled(message.batch_id, message.version or 1).parts(recipient).html
    except Exception as problem:
        raise Gone from problem


def _recipient(message: Message) -> Recipient:
    """Raises Gone for somebody who has been erased: their mail says who they were."""
    decided = (message.segments or 0, message.language or "")
    if message.contact_id is None:
        return Recipient(message.id, None, message.email, {}, False, False, *decided)
    person = Contact.objects.filter(id=message.contact_id).first()
    if person is None:
        raise Gone
    values = merge_values.values(
        person.email, person.first_name, person.last_name, person.best_language, person.attributes
    )
    return Recipient(message.id, person.pk, message.email, values, False, False, *decided)


@lru_cache(maxsize=_VERSIONS_KEPT)
def _compiled(batch_id: int, version: int) -> Compiled:
    return content.load(Batch.objects.get(pk=batch_id), version)
