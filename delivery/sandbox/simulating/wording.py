"""A rule in one sentence, and what each kind of them is about."""

from django.utils import timezone

from accounts import wording
from delivery.sandbox.simulating.models import SandboxRule

_Effect = SandboxRule.Effect
_ACTS: dict[str, str] = {
    _Effect.OPENS: "are opened",
    _Effect.CLICKS: "are opened, and a link is followed,",
    _Effect.LEAVES: "make their readers unsubscribe",
    _Effect.APPLE: "are loaded by Apple’s proxy",
    _Effect.SCANNER: "are scanned, every link followed,",
}
_LATER = "The mail is accepted."
_READ = "Of mail that Tallypost sent itself. It is a real request from this machine, and counts in the rehearsal alone."
EXPLAINED: dict[str, str] = {
    _Effect.DELAY: "The server takes its time for one of its answers. Who waits less than that gives up.",
    _Effect.REFUSE: "A code that begins with 4 tells the sender to come back later, one with 5 refuses for good.",
    _Effect.DROP: "Cut before the mail is complete, nothing was accepted, and it is tried again. Cut after it, the "
    "mail is kept and the answer lost: nobody can know whether it arrived, so it is uncertain and not sent again.",
    _Effect.GREYLIST: "Whoever writes to an address for the first time is told to come back, and let in after minutes.",
    _Effect.THROTTLE: "So many mails are taken each minute; all others are told to come back.",
    _Effect.OUTAGE: "From one moment until another, who connects is turned away, and who is connected is cut off.",
    _Effect.BOUNCE: f"{_LATER} Later a bounce (a delivery status notification) comes to its return address.",
    _Effect.COMPLAIN: f"{_LATER} Later a complaint (an abuse report) comes the way of real ones.",
    _Effect.OPENS: f"Its pictures are loaded by a mail program. {_READ}",
    _Effect.CLICKS: f"Its pictures are loaded, and one of its links is followed. {_READ}",
    _Effect.LEAVES: f"The button of a mail program that unsubscribes with one click is pressed. {_READ}",
    _Effect.APPLE: f"Apple’s privacy proxy loads its pictures, and no person has opened it. {_READ}",
    _Effect.SCANNER: f"A filter loads its pictures and follows all its links: no person has clicked. {_READ}",
}


def sentence(rule: SandboxRule) -> str:
    return f"{_who(rule)} {_what(rule)}{_when(rule)}."


def _who(rule: SandboxRule) -> str:
    if rule.effect == _Effect.OUTAGE:
        return f"For {rule.mailbox}," if rule.mailbox else "For everybody,"
    share = "All" if rule.percent >= 100 else f"{rule.percent.normalize():f} of 100"
    to = f" to {rule.pattern}" if rule.pattern else ""
    within = f" in {rule.mailbox}" if rule.mailbox else ""
    return f"{share} mails{to}{within}"


def _what(rule: SandboxRule) -> str:
    match rule.effect:
        case _Effect.DELAY:
            return f"wait {_span(rule)} {rule.get_stage_display()}"
        case _Effect.REFUSE:
            verb = "are told to come back" if rule.reply.startswith("4") else "are refused"
            return f"{verb} {rule.get_stage_display()}: “{rule.reply}”"
        case _Effect.DROP:
            kept = ", and are kept" if rule.stage == rule.Stage.DOT else ""
            return f"lose their connection {rule.get_stage_display()}{kept}"
        case _Effect.GREYLIST:
            return f"are greylisted: each address waits {rule.minutes} minute{'s' if rule.minutes > 1 else ''}, once"
        case _Effect.THROTTLE:
            return f"are throttled to {rule.per_minute:,} a minute"
        case _Effect.OUTAGE:
            return "the server is away"
        case _Effect.BOUNCE:
            return f"bounce {_span(rule)} after they were accepted: “{rule.reply}”"
        case acts if acts in _ACTS:
            return f"{_ACTS[acts]} {_span(rule)} after they were accepted"
        case _:
            return f"are marked as spam {_span(rule)} after they were accepted"


def _span(rule: SandboxRule) -> str:
    shortest, longest = rule.from_ms / 1000, max(rule.from_ms, rule.to_ms) / 1000
    if shortest < longest:
        return f"{shortest:g} to {longest:g} seconds"
    return f"{longest:g} second{'' if longest == 1 else 's'}" if longest else "at once"


def _when(rule: SandboxRule) -> str:
    now = timezone.localtime()
    words = ""
    if rule.starts_at:
        words += f", from {wording.moment(timezone.localtime(rule.starts_at), now)}"
    if rule.ends_at:
        words += f", until {wording.moment(timezone.localtime(rule.ends_at), now)}"
    return words
