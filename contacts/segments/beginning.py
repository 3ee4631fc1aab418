"""A new segment that begins with rules from elsewhere: the people of a report, a search."""

import json

from django.urls import reverse
from django.utils.http import urlencode

from contacts.segments import builder, rules
from contacts.segments.known import Known
from contacts.segments.rules import BadRules, Group

_CHARS = 8_000


def address(group: Group) -> str:
    """Of the page that begins a new segment with these rules."""
    return f"{reverse('segment-add')}?{urlencode({'rules': json.dumps(rules.write(group), separators=(',', ':'))})}"


def begun(text: str, known: Known) -> Group:
    """What `address` carries, or whatever else stands there; without any, the empty builder. Raises BadRules."""
    if not text:
        return builder.empty(known)
    try:
        data = json.loads(text[:_CHARS])
    except (ValueError, RecursionError):
        raise BadRules("These are no rules of a segment.") from None
    return builder.settled(rules.read(data), known)
