"""Conditions of other systems in our words; "" where a name or a comparison has nothing like it here."""

import re
from html import unescape

from campaigns.merge.foreign_names import plain, translated

CLOSES = re.compile(r"\*(?:\||%7C)END|%/|\{\{\{?[-~]?\s*(?:/|end\b)", re.IGNORECASE)
CLOSES_OR_GOES_ON = re.compile(
    CLOSES.pattern + r"|\*(?:\||%7C)ELSE|%ELSE|\{\{\{?[-~]?\s*(?:else\b|\^\s*\})", re.IGNORECASE
)
# Mailchimp shows its archive the same words; here everybody who reads them has an address.
_ON_THE_WEB = {"IF": "{% if not email %}", "ELSEIF": "{% elif not email %}", "IFNOT": "{% if email %}"}


def mailchimp(word: str, rest: str, fields: dict[str, str]) -> str:
    """`word`: IF, ELSEIF or IFNOT; `rest`: what is asked."""
    found = re.fullmatch(r"\s*(\w+)\s*(?:(=|!=|>=|<=|>|<)\s*(.*?))?\s*", unescape(rest))
    if found and plain(found[1]) == "archivepage":
        return _ON_THE_WEB[word]
    ours = translated(found[1], fields) if found else ""
    if not found or not ours:
        return ""
    value = found[3] or ""
    said = value if re.fullmatch(r"\d+(\.\d+)?", value) else '"' + value.replace('"', "") + '"'
    asked = f"{ours} {found[2].replace('=', '==') if found[2] in {'='} else found[2]} {said}" if found[2] else ours
    return {"IF": f"{{% if {asked} %}}", "ELSEIF": f"{{% elif {asked} %}}", "IFNOT": f"{{% if not {asked} %}}"}[word]


def activecampaign(tag: str, asked: str, fields: dict[str, str]) -> str:
    if not asked:
        return "{% else %}" if tag == "%ELSE%" else "{% endif %}"
    found = re.fullmatch(r"\s*\$(\w+)\s*(?:(==|!=)\s*[\"']?([^\"']*)[\"']?)?\s*", unescape(asked))
    ours = translated(found[1], fields) if found else ""
    if not found or not ours:
        return ""
    return f'{{% if {ours} {found[2]} "{found[3].strip()}" %}}' if found[2] else f"{{% if {ours} %}}"


def handlebars(condition: re.Match[str], name: re.Match[str] | None, fields: dict[str, str]) -> str:
    if condition[1].startswith("else"):
        return _handlebars_else(condition.string, fields)
    if condition[1].startswith("/") and len(condition[1]) > 1:
        return "{% endif %}"
    ours = translated(name["name"], fields) if name and condition[2] else ""
    return f"{{% if {'not ' if condition[2] == 'unless' else ''}{ours} %}}" if ours else ""


def go(word: str, asked: str, fields: dict[str, str]) -> str:
    """Of a Go template; `word`: if, else if, end, or one that begins what has nothing like it here."""
    if word == "end":
        return "{% endif %}"
    found = re.fullmatch(r"\s*(?:(not|eq|ne)\s+)?(\.[\w.]+)(?:\s+\"([^\"{}%]*)\")?\s*", asked)
    ours = translated(found[2], fields) if found and word in {"if", "else if"} else ""
    if not found or not ours or (found[1] in {"eq", "ne"}) == (found[3] is None):
        return ""
    said = {None: ours, "not": f"not {ours}", "eq": f'{ours} == "{found[3]}"', "ne": f'{ours} != "{found[3]}"'}
    return f"{{% {'if' if word == 'if' else 'elif'} {said[found[1]]} %}}"


def _handlebars_else(tag: str, fields: dict[str, str]) -> str:
    asked = re.fullmatch(r"\{\{~?\s*else(?:\s+if\s+([\w.]+))?\s*~?\}\}", tag)
    if not asked or not asked[1]:
        return "{% else %}" if asked else ""
    ours = translated(asked[1], fields)
    return f"{{% elif {ours} %}}" if ours else ""
