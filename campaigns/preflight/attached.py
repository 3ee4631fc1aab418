"""What preflight says of a campaign's attachments."""

from collections.abc import Iterator, Sequence

from accounts.wording import count_people, isolated
from campaigns.attachments import freezing, weight
from campaigns.attachments.models import Attachment
from campaigns.message import preview
from campaigns.models import Campaign
from campaigns.preflight.findings import Finding
from contacts import audience
from contacts.guessing import languages
from delivery.models import Provider

_HEAVY_MAIL = 1_000_000
_HEAVY = 1_000_000_000  # over everybody


def check(campaign: Campaign, provider: Provider, people: int | None) -> Iterator[Finding]:
    """`people`: who will receive it; None: they are counted where that matters."""
    attached = list(Attachment.objects.filter(campaign=campaign, is_linked=False))
    if not attached:
        return
    events = freezing.events(campaign) if any(one.event for one in attached) else {}
    for one in attached:
        if one.event and one.event not in events:
            text = f"The event whose calendar file {isolated(one.name)} is attached is gone, or has no day."
            yield Finding("block", "event-gone", text, "Remove the file, or bring the event back.", "attachments")
    if events:
        yield from _missing_elsewhere(campaign, [one for one in attached if one.event in events])
    sizes = [one.size_bytes for one in attached]
    limit = weight.smallest_limit(campaign, provider)
    size = weight.of_mail(sizes)
    if size > _HEAVY_MAIL or people is None or size * people > _HEAVY or (limit and size > limit[1]):
        size = weight.of_mail(sizes, preview.bytes_sent(campaign))  # takes longer, and may say less
    cure = "Remove a file, or give a link to it instead."
    if limit and size > limit[1]:
        text = (
            f"With its attachments a mail has {weight.in_words(size)}, and {isolated(str(limit[0]))} takes "
            f"{weight.in_words(limit[1])} at most."
        )
        yield Finding("block", "attachments-too-large", text, cure, "attachments")
        return
    if people is None:
        people = audience.summary(campaign.audience()).will_receive
    if size > _HEAVY_MAIL or size * people > _HEAVY:
        text = (
            f"The attachments make each mail {weight.in_words(size)}: {weight.in_words(size * people)} for "
            f"{count_people(people)}. Mailboxes trust such mail less."
        )
        yield Finding("warn", "attachments-heavy", text, "Give a link to the file instead.", "attachments")


def _missing_elsewhere(campaign: Campaign, attached: Sequence[Attachment]) -> Iterator[Finding]:
    """Its words in another language are another mail, and the calendar file is of that mail's event."""
    for translation in campaign.in_other_languages():
        there = freezing.events(translation)
        for one in attached:
            if one.event not in there:
                text = (
                    f"{languages.name_of(translation.language)}: the event whose calendar file {isolated(one.name)} is "
                    "attached is not in it, or has no day. Who reads it gets no calendar file."
                )
                cure = "Put the event into it, or remove the file."
                yield Finding("warn", "event-missing", text, cure, "content", draft=translation.pk)
