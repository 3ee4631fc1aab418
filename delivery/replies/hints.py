"""How long a server wants us to wait."""

import re

from delivery.replies.rules import fold


def hint_seconds(text: str) -> float | None:
    """The time it names, if it does."""
    words = fold(text[:1000].casefold())
    clock = _CLOCK.search(words)
    if clock:
        return float(int(clock["h"] or 0) * 3600 + int(clock["m"]) * 60 + int(clock["s"]))
    spans = _SPAN.search(words)
    if not spans:
        return None
    return sum(float(span["n"]) * _unit(span["unit"]) for span in _PART.finditer(spans["spans"]))


def quota_seconds(text: str) -> float:
    """After what time a used-up quota may be open again, by the window it names. Days roll or end at midnight
    somewhere; a month is looked at again every day."""
    words = text[:1000].casefold()
    return 24 * 3600.0 if _LONG.search(words) else 3600.0


_LONG = re.compile(r"dail|day|24[- ]?h|month|credits?\b|plan\b|\b5\.4\.5\b|\b5\.1\.90\b")


# A time counts only behind a word that asks to wait: "in reply to RCPT TO 550" and "15 messages in 60 seconds" do not.
_ASKS = (
    r"(?:again|retry|retried|re-?try|wait|back|later|delay|resend|greylisted|gr[ae]y-?list\w*|reessaye[rz]|riprova\w*|"
    r"intente\w*|tente|versuch\w*|erneut|nochmals?|wieder)"
)
_LEADS = r"[^\d.;]{0,30}?"
_UNIT = (
    r"(?:s|secs?|seconds?|secondes?|sekunden?|segundos?|secondi|m|mins?|minutes?|minuten?|minutos?|minuti|"
    r"h|hrs?|hours?|heures?|stunden?|horas?|ore)\b"
)
_CLOCK = re.compile(rf"{_ASKS}{_LEADS}(?<!\d)(?:(?P<h>\d{{1,2}}):)?(?P<m>\d{{1,2}}):(?P<s>\d{{2}})(?![\d:])")
_PART = re.compile(rf"(?P<n>\d{{1,6}}(?:\.\d{{1,3}})?)[ -]?(?P<unit>{_UNIT})")
_SPAN = re.compile(
    rf"{_ASKS}{_LEADS}(?P<spans>{_PART.pattern.replace('?P<n>', '').replace('?P<unit>', '')}"
    rf"(?:(?: and|,)? {_PART.pattern.replace('?P<n>', '').replace('?P<unit>', '')})*)"
)


def _unit(word: str) -> float:
    return 3600.0 if word[:1] in "ho" or word[:2] == "st" else 60.0 if word[:1] == "m" else 1.0
