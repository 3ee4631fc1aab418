"""Segments that a mail asks for, because some of its blocks are for their people alone.

In the words of a mail each is a merge tag. Who is in is decided by a launch when its messages are made, and kept with
them; for anybody who looks at a draft it is asked at once.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from django.db import connection

from campaigns.content.blocks.conditions import IN_SEGMENT
from campaigns.merge import language
from campaigns.models import Campaign, Edition
from contacts import audience
from contacts.models import Contact, Segment
from contacts.segments import asking, compiling, rules

_NAMED = re.compile(rf'(?:{IN_SEGMENT}|"if_segment": "(?:not-)?)(\d{{1,9}})')


def asked(*editions: Edition) -> list[int]:
    """Their numbers, in order, whether or not there are such segments."""
    asking = (words for one in editions for words in _words(one) if IN_SEGMENT in words)  # few mails do
    names = set[str]().union(*map(language.tags_used, asking))
    numbers = {name.removeprefix(IN_SEGMENT) for name in names if name.startswith(IN_SEGMENT)}
    return sorted(int(number) for number in numbers if number.isascii() and number.isdigit())


def frozen(*editions: Edition) -> list[dict[str, Any]]:
    """As a batch keeps them: written out, so that no later change of a segment changes who sees what."""
    return _frozen(asked(*editions))


def frozen_of_drafts(*drafts: Campaign) -> list[dict[str, Any]]:
    """The same of what is still written, also where no mail can be made of it yet."""
    return _frozen(sorted({int(number) for draft in drafts for number in _NAMED.findall(_written(draft))}))


def _written(draft: Campaign) -> str:
    content = draft.html if draft.content_kind == Campaign.ContentKind.HTML else draft.blocks
    return json.dumps([draft.subject, draft.preheader, content, draft.text])


def _frozen(numbers: Sequence[int]) -> list[dict[str, Any]]:
    if not numbers:
        return []
    about = asking.known()
    return [
        {"id": one.pk, "rules": rules.write(compiling.frozen(rules.read(one.rules), about))}
        for one in Segment.objects.filter(pk__in=numbers).order_by("pk")
    ]


def tags(batch_segments: Sequence[dict[str, Any]]) -> list[str]:
    """The merge tag of each bit of a message's."""
    return [f"{IN_SEGMENT}{one['id']}" for one in batch_segments]


def of_person(edition: Edition, contact: Contact) -> dict[str, bool]:
    """What its merge tags say of them now."""
    return {f"{IN_SEGMENT}{one.pk}": _holds(one, contact.pk) for one in Segment.objects.filter(pk__in=asked(edition))}


def _holds(segment: Segment, contact_id: int) -> bool:
    sql, parameters = audience.members(segment.rules, contact_id)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone() is not None


def _words(edition: Edition) -> tuple[str, ...]:
    return (edition.subject, edition.preheader, edition.html, edition.text)
