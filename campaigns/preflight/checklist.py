"""What must not go out, and what had better not: read before every launch, shown while the campaign is written."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from django.utils import timezone

from accounts.models import Organisation
from accounts.organisation import public_address
from accounts.wording import count_people, isolated
from campaigns import starters
from campaigns.approval import standing
from campaigns.message import editions
from campaigns.message.compiled import is_short_enough
from campaigns.message.encoding import ascii_address
from campaigns.models import Campaign
from campaigns.multilingual import checks
from campaigns.preflight import attached, content, pace, sender_domain
from campaigns.preflight.findings import LONGEST_SUBJECT, PHONE_SUBJECT, Card, Finding, Level
from contacts import audience
from contacts.guessing import languages
from delivery.domains import known
from delivery.domains.link_hosts.models import LinkHost
from delivery.models import Provider

__all__ = ["Card", "Finding", "Level", "check"]

NOT_APPROVED = "not-approved"


def check(campaign: Campaign, *, people: int | None = None) -> list[Finding]:
    """Blocking findings first, each kind in the order of the cards. Of a translation: what is said of its words.

    `people`: how many will receive it, from a caller who has counted them, which takes seconds at a million.
    """
    provider = campaign.way_out
    is_real = not provider.is_rehearsal
    if campaign.translation_of is not None:
        return _sorted(_words(campaign, is_real=is_real))
    organisation = Organisation.get()
    found = [
        *_to(campaign, is_real=is_real),
        *_from(campaign, provider),
        *_public_address(organisation, is_real=is_real),
        *(_links(campaign, organisation) if is_real else ()),
        *_words(campaign, is_real=is_real),
        *attached.check(campaign, provider, people),
        *(pace.check(campaign, provider, people) if is_real and not campaign.revision_of_id else ()),
        *_schedule(campaign),
        *_translations(campaign, is_real=is_real),
        *(_approval(campaign, organisation, people) if is_real else ()),
    ]
    return _sorted(found)


def _sorted(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda finding: finding.level != "block")


def _words(campaign: Campaign, *, is_real: bool) -> Iterator[Finding]:
    yield from _subject(campaign)
    yield from content.check(campaign, is_real=is_real)
    yield from checks.check(campaign)


def _translations(campaign: Campaign, *, is_real: bool) -> Iterator[Finding]:
    """Each finding says of which language it speaks, and leads there."""
    for translation in campaign.in_other_languages():
        name = languages.name_of(translation.language)
        for finding in _words(translation, is_real=is_real):
            yield replace(finding, text=f"{name}: {finding.text}", draft=translation.pk)


def _to(campaign: Campaign, *, is_real: bool) -> Iterator[Finding]:
    chosen = campaign.audience()
    archived = campaign.named_lists.exclude(archived_at=None).first()
    if archived:
        text = f"The list {isolated(archived.name)} is archived, so nothing is sent to it."
        cure = "Take it out, or use it again on the list's page."
        yield Finding("block", "archived-list", text, cure, "to")
    if not chosen.lists:
        text, cure = "Nobody is chosen yet.", "Choose at least one list."
        if campaign.on_any_list:
            text, cure = "Nothing says who of all lists it is for.", "Choose a segment or a tag, or else a list."
        if chosen.on_any_list:
            text, cure = "There is no list in use that anybody agreed to.", "Make a list, or use an archived one again."
        yield Finding("block", "no-list", text, cure, "to")
    elif problem := audience.problem(chosen):
        text = f"A segment that is chosen cannot be asked: {problem}"
        yield Finding("block", "segment-broken", text, "Mend it under Segments, or choose another one.", "to")
    elif campaign.is_being_decided:
        text = "Who gets it is still being looked up."
        yield Finding("block", "being-decided", text, "It takes seconds; this line goes away by itself.", "to")
    elif not audience.sample(chosen, 1):
        text, cure = _why_nobody(chosen)
        yield Finding("block", "no-recipients", text, cure, "to")
    elif is_real and audience.has_samples(chosen):
        text = "Some of these people are sample data: real mail to them bounces, which harms your name as a sender."
        yield Finding("block", "sample-people", text, "Remove the sample data, or choose other lists.", "to")
    if chosen.on_any_list and len(chosen.lists) > 1:
        text = f"It goes by no list of its own: who gets it agreed to at least one of {len(chosen.lists)} lists."
        cure = "Choose the list that it belongs to, if what they agreed to does not cover this mail."
        yield Finding("warn", "any-list", text, cure, "to")


def _why_nobody(chosen: audience.Audience) -> tuple[str, str]:
    if chosen.fixed is not None:
        return "Of those who were decided on nobody may get it any more.", "Decide again who gets it."
    if chosen.excluded_tags and audience.sample(replace(chosen, excluded_tags=()), 1):
        return "Everybody who may get it has a tag that is left out.", "Leave fewer tags out."
    among, none = "on these lists who may get it", ", or none"
    if chosen.on_any_list:
        among, none = "who agreed to a list", ""
    if chosen.tags and audience.sample(replace(chosen, tags=()), 1):
        return f"Nobody {among} has one of the tags.", f"Choose other tags{none}."
    if chosen.is_by_rules and audience.sample(replace(chosen, segments=(), excluded_segments=()), 1):
        return f"Nobody {among} is in the segment.", f"Choose another segment{none}."
    if chosen.on_any_list:
        return "Nobody is on a list who may get mail.", "Add people to a list, and how they agreed."
    return "Nobody on these lists will receive it.", "Choose another list, or add people to this one."


def _usual_sender(campaign: Campaign) -> Iterator[Finding]:
    """Only where the lists that are chosen agree on one."""
    usual = {one.sender_email.lower(): one for one in campaign.named_lists}
    if len(usual) != 1 or campaign.sender_email.strip().lower() in usual:
        return
    ((address, one),) = usual.items()
    if address:
        text = f"The list {isolated(one.name)} usually hears from {isolated(one.sender)}."
        yield Finding("warn", "other-sender", text, "Change the sender, if this is not what you mean.", "from")


def _from(campaign: Campaign, provider: Provider) -> Iterator[Finding]:
    yield from _usual_sender(campaign)
    if campaign.provider and campaign.provider.removed_at:
        text = f"{campaign.provider.name} was removed, so it goes through {provider.name}."
        yield Finding("warn", "provider-removed", text, "Choose the way out you mean.", "from")
    if provider.is_draining:
        text = f"{provider.name} {provider.out_of_service_words}"
        yield Finding("block", "provider-paused", text, "Resume it under Delivery, or choose another way out.", "from")
    elif provider.is_paused:
        text = f"{provider.name} is paused{f': {provider.state_reason}' if provider.state_reason else ''}."
        yield Finding("block", "provider-paused", text, "Resume it under Delivery, or choose another way out.", "from")
    elif provider.out_of_service_words:
        text = f"{provider.name} {provider.out_of_service_words}"
        yield Finding("warn", "provider-out-of-order", text, "It may wait, or choose another way out.", "from")
    if provider.test_failure and not provider.is_paused:
        text = f"{provider.name} {provider.test_failure}"
        cure = "Have it corrected and tested again under Delivery, or choose another way out."
        yield Finding("warn", "provider-test-failed", text, cure, "from")
    if not campaign.sender_email.strip():
        yield Finding("block", "no-sender", "No sender address yet.", "Enter the address people may answer to.", "from")
        return
    for name, value in (("sender", campaign.sender_email), ("reply", campaign.reply_to)):
        try:
            address = ascii_address(value) if value else ""
        except ValueError:
            text = f"The {name} address “{value}” cannot be used."
            yield Finding("block", f"bad-{name}", text, "Write it as name@example.com.", "from")
            continue
        if name == "sender":
            yield from sender_domain.check(campaign, provider, address)
            yield from _sender(campaign, address)


def _sender(campaign: Campaign, address: str) -> Iterator[Finding]:
    local = address.partition("@")[0]
    if not campaign.sender_name.strip():
        yield Finding("warn", "no-sender-name", "The sender has no name.", "Enter the name people know you by.", "from")
    if local.replace("-", "").replace(".", "").replace("_", "").startswith(("noreply", "donotreply")):
        text = "People cannot answer a no-reply address, and some mailboxes trust it less."
        yield Finding("warn", "no-reply", text, "Use an address that somebody reads.", "from")


def _links(campaign: Campaign, organisation: Organisation | None) -> Iterator[Finding]:
    """Whether what its links lead to answers. A host for counted links that does not is left out, see editions."""
    if organisation is None:
        return
    public = LinkHost.objects.broken().filter(address=organisation.public_address).first()
    if public:
        text = f"Links and unsubscribing would lead nowhere: {public.why}"
        cure = f"{public.cure} Or set another public address under Settings. It is looked at every 15 minutes."
        yield Finding("block", "public-address-broken", text, cure, "from")
    counting = known.counting_address(campaign.sender_email) or organisation.tracking_url
    broken = LinkHost.objects.broken().filter(address=counting).first() if counting else None
    if broken and broken != public:
        instead = editions.organisation_in(campaign, organisation).get("tracking_address", organisation.public_address)
        text = (
            f"Counted links of this mail go by {urlsplit(instead).netloc}, because {broken} does not work: {broken.why}"
        )
        yield Finding("warn", "link-host-broken", text, "An admin can mend it under Delivery, Domains.", "from")


def _public_address(organisation: Organisation | None, *, is_real: bool) -> Iterator[Finding]:
    address = organisation.public_address if organisation else ""
    cure = "Set the public address under Settings, or rehearse through the sandbox."
    if not is_short_enough(address):
        text = (
            f"The public address {address} is too long: unsubscribe links over 70 characters break in some mailboxes."
        )
        yield Finding("block", "public-address-long", text, "Use a host name of at most 40 characters.", "from")
    if is_real and public_address.is_private(urlsplit(address).hostname or ""):
        text = f"Links and unsubscribing would lead to {address}, which only this machine or network can reach."
        yield Finding("block", "public-address-private", text, cure, "from")
    elif is_real and not address.startswith("https://"):
        text = f"Links and unsubscribing would lead to {address}, which is not encrypted."
        yield Finding("block", "public-address-http", text, cure, "from")


def _schedule(campaign: Campaign) -> Iterator[Finding]:
    if campaign.scheduled_at and campaign.scheduled_at <= timezone.now():
        text = "The planned time has gone by."
        yield Finding("block", "in-the-past", text, "Choose a later one, or none to start at once.", "schedule")


def _approval(campaign: Campaign, organisation: Organisation | None, people: int | None) -> Iterator[Finding]:
    if organisation is None or not standing.is_asked_for(organisation):
        return
    above = organisation.approval_above
    if above and people is None:
        people = standing.people_of(campaign)
    if not standing.is_needed(organisation, people):
        return
    found = standing.of(campaign)
    if not found.holds:
        cure = "Read the answer, mend it and ask again." if found.is_sent_back else "Ask a colleague to read it."
        cure = "Whoever was asked reads it and decides, or ask somebody else." if found.is_asked else cure
        why = f" Above {count_people(above)} a campaign needs approval." if above else ""
        said = "Approval was asked for, and there is no answer yet." if found.is_asked else found.sentence
        yield Finding("block", NOT_APPROVED, f"{said}{why}", cure, "approval")


def _subject(campaign: Campaign) -> Iterator[Finding]:
    subject = campaign.subject.strip()
    if not subject:
        yield Finding("block", "no-subject", "No subject yet.", "Write what the mail is about.", "subject")
    if subject in starters.sentences():
        text = "The subject is still the template's."
        yield Finding("warn", "template-subject", text, "Write what this mail is about.", "subject")
    if len(subject) > LONGEST_SUBJECT and "{{" not in subject:
        shown = f"phones show about {PHONE_SUBJECT}, most inboxes {LONGEST_SUBJECT}"
        text = f"The subject has {len(subject)} characters; {shown}."
        yield Finding("warn", "long-subject", text, "Say it in fewer words.", "subject")
    letters = [letter for letter in subject if letter.isalpha()]
    if len(letters) > 5 and all(letter.isupper() for letter in letters):
        text = "The subject is all in capitals, which readers and filters take for shouting."
        yield Finding("warn", "capitals", text, "Write it like a sentence.", "subject")
    if not campaign.preheader.strip():
        text = "No preheader: inboxes show the first words of the mail beside the subject."
        yield Finding("warn", "no-preheader", text, "Write a line that goes on where the subject ends.", "subject")
