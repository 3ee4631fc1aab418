"""What a field says for whoever has no value of it, written into the tags that name no fallback of their own.

It is written as `default(…)` into the frozen mail, so that a later change of the field changes no mail that is on its
way, and `{% if city %}` still asks whether the city is known.
"""

import re
from collections.abc import Mapping
from html import escape

_SPACE = r"(?:\s|&nbsp;|\xa0)*"
_TAG = re.compile(rf"(\{{\{{[-+]?{_SPACE})([A-Za-z_][A-Za-z0-9_]*)(?=({_SPACE}(?:\|[^{{}}]*?)?)[-+]?\}}\}})")
_OWN_FALLBACK = re.compile(r"\|(?:\s|&nbsp;|\xa0)*default\b")
UNSAYABLE = frozenset("{}\\")  # a text in a merge tag could not hold it


def written(template: str, defaults: Mapping[str, str]) -> str:
    """The template with the defaults in it; those of fields that it does not show change nothing."""

    def filled(tag: re.Match[str]) -> str:
        words = defaults.get(tag[2], "")
        if not words or UNSAYABLE & set(words) or _OWN_FALLBACK.search(tag[3]):
            return tag[0]
        return f"{tag[0]}|default({_quoted(words)})"

    return _TAG.sub(filled, template) if defaults else template


def _quoted(words: str) -> str:
    """As entities, which merge tags are read with: a bare quote would end the attribute of a link."""
    return f"&quot;{escape(words.replace(chr(34), chr(0x201D)), quote=True)}&quot;"
