"""Mails to a person, and what was noted of them, in the collection of that person's data."""

from collections.abc import Iterator

from django.db.models import Q

from contacts.their_data.collecting import Asking, Section, moment, rows
from delivery import titles
from delivery.feedback import wording
from delivery.models import Batch, FeedbackEvent, Message
from tracking.conversions.models import Conversion
from tracking.models import Event, Link

_REHEARSED = " (a rehearsal, which reached nobody)"


def sections(asking: Asking) -> Iterator[Section]:
    contact, ids = asking.contact, asking.mails
    mails = list(rows(Message.objects.filter(pk__in=ids)))
    named = titles.titles({mail.batch_id for mail in mails})
    rehearsed = set(Batch.objects.filter(pk__in=named, rehearsal=True).values_list("pk", flat=True))
    told = {mail.pk: named[mail.batch_id].text + (_REHEARSED if mail.batch_id in rehearsed else "") for mail in mails}
    yield Section(
        "mails",
        "Mails to you",
        [
            {
                "Mail": told[mail.pk],
                "Address": mail.email,
                "State": mail.get_state_display(),
                "Accepted": moment(mail.accepted_at),
                "Answer of the server": mail.reply or "",
            }
            for mail in mails
        ],
    )
    acts = list(rows(Event.objects.filter(message_id__in=list(told))))
    links = Link.objects.in_bulk({act.link_id for act in acts if act.link_id})
    yield Section(
        "acts",
        "Opens, clicks and unsubscribes",
        [
            {
                "When": moment(act.at),
                "What": act.get_kind_display(),
                "Mail": told[act.message_id],
                "Link": links[act.link_id].url if act.link_id in links else "",
                "By a program": "yes" if act.is_machine else "no",
                "Internet address": act.ip or "",
                "Program": act.user_agent,
            }
            for act in acts
        ],
    )
    back = rows(FeedbackEvent.objects.filter(Q(contact_id=contact.pk) | Q(message_id__in=ids)))
    yield Section(
        "came_back",
        "What mail servers and providers said of the mails, and automatic answers",
        [
            {
                "When": moment(one.happened_at or one.at),
                "What": wording.said(one),
                "Words": one.diagnostic,
                "At": one.recipient,
            }
            for one in back
        ],
    )
    reached = rows(Conversion.objects.filter(contact_id=contact.pk).select_related("goal"))
    yield Section(
        "conversions",
        "Orders and other goals",
        [{"When": moment(one.at), "Goal": str(one.goal), "Order": one.order} for one in reached],
    )
