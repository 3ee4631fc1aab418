"""A rule in one sentence."""

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
            return f"are greylisted: each address waits {rule.minutes} minutes, once"
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
    return f"{shortest:g} seconds" if shortest == longest else f"{shortest:g} to {longest:g} seconds"


def _when(rule: SandboxRule) -> str:
    now = timezone.localtime()
    words = ""
    if rule.starts_at:
        words += f", from {wording.moment(timezone.localtime(rule.starts_at), now)}"
    if rule.ends_at:
        words += f", until {wording.moment(timezone.localtime(rule.ends_at), now)}"
    return words
