"""Merge tags of other systems: found in what people bring along, and put into our words where we have the same.

A tag is told by its brackets where nobody else writes such brackets, and by brackets and name where everybody may.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape, unescape

from campaigns.merge import foreign_conditions, syntax
from campaigns.merge.foreign_names import OF_ITSELF, OWNERS, SUBJECTS, is_known, plain, translated
from campaigns.merge.localised import FILTERS

_NAME = r"(?P<name>[^\W\d][\w .:-]{0,60}?)"
_QUOTED = (
    r"""(?:"(?P<double>[^"\n]{0,200})"|'(?P<single>[^'\n]{0,200})'|&quot;(?P<entity>(?:(?!&quot;).){0,200})&quot;)"""
)
_SHAPES: tuple[tuple[str, str], ...] = (
    ("Mailchimp", r"\*(?:\||%7C)(?P<body>[A-Za-z][^|*\n]{0,200}?)(?:\||%7C)\*"),
    ("Salesforce", r"%%=(?P<code>[^\n]{0,300}?)=%%|%%\[(?P<script>(?:(?!%%\[).){0,2000}?)\]%%|%%" + _NAME + r"%%"),
    ("Salesforce or AWeber", r"\{!\$?" + _NAME + r"\}"),
    ("MailerLite", r"\{\$" + _NAME + r"(?:\|[^{}\n]{0,80})?\}"),
    ("Mautic", rf"\{{\(?(?:{OWNERS}|pagelink|assetlink|formlink|dwc)=" + _NAME + r"(?:\|(?P<bar>[^{}\n]{0,100}))?\}"),
    ("Zoho", r"\$\[" + _NAME + r"(?:\|(?P<bar>[^\[\]\n]{0,100}?))?\|?\]\$"),
    (
        "Mailjet, GetResponse or Constant Contact",
        r"\[\[\s{0,9}"
        + _NAME
        + r"(?:\s{1,9}OR\s{1,9}"
        + _QUOTED
        + r"|:(?:"
        + _QUOTED.replace("<", "<of_")
        + r")?)?\s{0,9}\]\]",
    ),
    ("Campaign Monitor or Sendy", r"\[" + _NAME + r",\s*fallback=(?P<bar>[^\]\n]{0,100})\]"),
    (
        "MailPoet",
        rf"\[(?:{OWNERS}):(?P<name>[\w-]+)" + r"(?:\s{0,9}\|\s{0,9}default:\s{0,9}(?P<bar>[^\]\n]{0,100}))?\]",
    ),
    ("another system", r"\{" + _NAME + r",\s{0,9}" + _QUOTED + r"\s{0,9}\}"),
    ("ERB, ASP or PHP", r"<%(?![-=@\s]{0,20}>)(?P<inside>[^%<>]{0,300}?)%>|<\?(?:=|php)(?P<php>.{0,300}?)\?>"),
    ("ActiveCampaign", r"%(?:/IF|ELSE|IF (?P<asked>[^%\n]{1,100}))%"),
    ("another system", r"\$!?\{" + _NAME + r"\}"),
    ("Campaign Monitor", r"</?(?:unsubscribe|webversion|forwardtoafriend|preferences)(?:\s[^<>]*)?>"),
    ("Moosend", r"#[a-z]+:\w+(?::\w+)?#|#(?:unsubscribeLink|updatePreferences)#"),
    ("Keap", r"~[A-Z]\w+\.(?P<name>\w+)~"),
    ("listmonk", r"@TrackLink(?!\w)"),
)
# Brackets that everybody uses: the name decides. Each shape begins with the bracket, and what may not stand before it
# is asked behind it: that way `re` leaps from bracket to bracket, and does not try each character of the mail.
_NAMED: tuple[tuple[str, str], ...] = (
    ("phpList, SendGrid or Brevo", r"\[(?<![\w\[]\[)" + _NAME + r"\](?!\])"),
    ("another system", r"\{(?<![{$#\w]\{)" + _NAME + r"(?:\|(?P<bar>[^{}|\n]{0,60}))?\}(?!\})"),
    ("ActiveCampaign or Mailgun", r"%(?<![%\w]%)" + _NAME + r"%(?!\w|%(?!(?:ELSE|/IF)%))"),
    ("SendGrid", r"-(?<![\w-]-)(?P<name>[A-Za-z]\w*)-(?![\w-])"),
    ("Dotdigital", r"@(?<!\w@)(?P<name>[A-Za-z]\w*)@(?!\w)"),
    (
        "another system",
        r"#(?<![\w#]#)#?(?P<name>[A-Za-z]\w*)#{1,2}(?![\w#])|\$(?<![\w$]\$)(?P<dollar>[A-Za-z]\w*)\$(?![\w$])",
    ),
)
_CURLY = re.compile(
    r"\{(?:\{{1,2}(?!%)(?:[^{}\n]|\$\{[^{}\n]*\}){0,300}?\}{2,3}|%-?\s*(?P<word>\w+)[^{}\n]{0,300}?%\})"
)
_HANDLEBARS = re.compile(
    rf"""\{{{{\{{|[\s{{]\{{{{?\s*[#/^>&~]|\{{{{\s*(?:[#/^>&~!]|\$\{{|\.\w|else\s*\}}|else\s+if\s|insert\s|defaultIfEmpty\s
    |(?:{OWNERS})\s*(?:\.|:\s*\w)|\w+\.\$\{{|[\w ]+\|\s*\w+\s*:|[\w ]+:default=)""",
    re.VERBOSE | re.IGNORECASE,
)
_CURLY_NAME = re.compile(
    rf"""\{{+[\s#/&~]*(?:if\s+|unless\s+|insert\s+|defaultIfEmpty\s+)?(?P<name>\.?[\w.:${{}}\[\]-]+?(?:\s\w+)?)
    (?:\s*\|\s*(?:default|fallback|if_?empty)\s*:?\s*\(?{_QUOTED}\)?|\s*:\s*{_QUOTED.replace("<", "<of_")}
    |\s*"default=(?P<bar>[^"]*)"|:default=(?P<mark>[^}}]*)
    |\s+{_QUOTED.replace("<", "<then_")}|\s*\|[^{{}}]*)?\s*\}}+\Z""",
    re.VERBOSE | re.IGNORECASE,
)
_DJANGO = re.compile(
    rf"""\b(?:{OWNERS})(?:\.|\|lookup:)['"]?(?P<owned>\w+)['"]?|\b(?:var|data):(?P<var>\w+)(?::(?:"[^"]*"|'[^']*'))?""",
    re.IGNORECASE,
)
_LOOKUP = re.compile(r"\|\s*lookup:\s*(['\"])([\w ]{1,60})\1")
_OUR_BLOCKS = frozenset(
    {"if", "elif", "else", "endif", "for", "endfor", "set", "include", "extends", "macro", "raw", "debug", "block"}
)
_ALWAYS_THERE = frozenset({"postal_address", "organisation_name", "email"})
# A Go template, which listmonk's are: a condition, or a function that is called.
_GO = re.compile(
    r"""\{\{-?\s*(?:(?P<word>if|else\s+if(?=\s+(?:\w+\s+)?[.(])|end|with|range|define|block)\b(?P<asked>[^{}\n]*?)
    |(?P<call>L\.Ts?|Date|TrackLink|TrackView|Safe|template)\b(?P<given>[^{}\n]*?))\s*-?\}\}""",
    re.VERBOSE,
)
_GO_WORDS = {"email.unsub": "Unsubscribe", "email.viewInBrowser": "View in browser"}
_TITLE = re.compile(r"<title[^<>]*+>[^<]{0,1000}?</title", re.IGNORECASE)
_STYLE = re.compile(r"<(style|script)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG_START = re.compile(r"<[a-zA-Z/!]")
_LINK_TAG = re.compile(r"<a[ ]|</a", re.IGNORECASE)
_LONG_TAG = 2_000
# What a link of ours says where another system writes one of its own.
_LINKS = {
    "{{ unsubscribe_url }}": "Unsubscribe",
    "{{ preferences_url }}": "Choose what you get",
    "{{ view_url }}": "View in browser",
}
_LONG_NAME = 200
_FILTER_NAMES = frozenset(FILTERS)


@dataclass(frozen=True, slots=True)
class Foreign:
    """`ours` takes its place; "" where we have nothing like it.

    `is_left_out`: what it stood for comes of itself here, as the preheader does, so nothing takes its place.
    """

    text: str
    start: int
    system: str
    ours: str
    is_condition: bool = False
    is_left_out: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether translating does away with it."""
        return bool(self.ours) or self.is_left_out

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def find(source: str, fields: dict[str, str], *, is_html: bool = True) -> list[Foreign]:
    """In the order in which they stand. `fields`: our names by their plain spelling (foreign_names.plain)."""
    text = _STYLE.sub(lambda style: " " * len(style[0]), source) if is_html else source
    found: list[Foreign] = []
    for one in sorted(_all(text, fields), key=lambda one: (one.start, -len(one.text))):
        if not found or one.start >= found[-1].end:
            found.append(one)
    titles = [match.span() for match in _TITLE.finditer(text)] if is_html else []
    found = _whole_conditions([_left_out(one, titles) for one in found])
    return _fitted(found, source) if is_html else found


def translate(source: str, found: list[Foreign]) -> str:
    out, at = [], 0
    for one in found:
        out += [source[at : one.start], "" if one.is_left_out else one.ours or one.text]
        at = one.end
    return "".join(out) + source[at:]


def without(source: str, found: list[Foreign]) -> str:
    """The rest of it, for checks that know our language alone."""
    return translate(source, [replace(one, ours=" " * len(one.text), is_left_out=False) for one in found])


def _left_out(one: Foreign, titles: list[tuple[int, int]]) -> Foreign:
    name = plain(one.text)
    is_title = name in SUBJECTS and any(start < one.start < end for start, end in titles)
    return replace(one, ours="", is_left_out=True) if name in OF_ITSELF or is_title else one


def _whole_conditions(found: list[Foreign]) -> list[Foreign]:
    """Half a condition helps nobody: each from its IF to its END becomes ours as a whole, or stays as it is."""
    settled, half = list(found), set[int]()
    open_ones: dict[str, list[list[int]]] = {}
    for index, one in enumerate(found):
        if not one.is_condition:
            continue
        inner = open_ones.setdefault(one.text[0], [])
        if not foreign_conditions.CLOSES_OR_GOES_ON.match(one.text):
            inner.append([index])
        elif not inner:
            half.add(index)
        elif not foreign_conditions.CLOSES.match(one.text):
            inner[-1].append(index)
        else:
            parts = [*inner.pop(), index]
            if found[parts[0]].is_left_out and len(parts) == 2:
                settled[index] = replace(one, ours="", is_left_out=True)
            elif not all(found[part].ours for part in parts):
                half.update(parts)
    half.update(part for inner in open_ones.values() for parts in inner for part in parts)
    return [replace(one, ours="", is_left_out=False) if index in half else one for index, one in enumerate(settled)]


def _all(text: str, fields: dict[str, str]) -> Iterator[Foreign]:
    for system, shape in _COMPILED:
        for match in shape.finditer(text):
            yield Foreign(match[0], match.start(), system, *_bracketed(match, fields))
    for system, shape in _COMPILED_NAMED:
        for match in shape.finditer(text):
            name = match.groupdict().get("dollar") or match["name"]
            if is_known(name) or (match[0][0] == "%" and (_is_constant(name) or _is_field(name, fields))):
                yield Foreign(match[0], match.start(), system, _output(translated(name, fields), _fallback(match)))
    judged: dict[str, Foreign | None] = {}  # a mail says the same few tags over and over
    for match in _CURLY.finditer(text):
        if match[0] not in judged:
            judged[match[0]] = next(_curly(match, fields), None)
        if one := judged[match[0]]:
            yield replace(one, start=match.start())


def _bracketed(match: re.Match[str], fields: dict[str, str]) -> tuple[str, bool]:
    groups = match.groupdict()
    if body := groups.get("body"):
        return _mailchimp(body, fields)
    if match[0].startswith("<"):
        if match[0].lower().startswith("<unsubscribe"):
            return '<a href="{{ unsubscribe_url }}">', False
        return ("</a>" if match[0].lower() == "</unsubscribe>" else _code(groups, fields)), False
    if match[0].startswith(("%IF", "%/IF", "%ELSE")):
        return foreign_conditions.activecampaign(match[0], groups.get("asked") or "", fields), True
    name = groups.get("name") or match[0].strip("#").replace(":", ".")
    return _output(translated(name, fields), _fallback(match)), False


def _code(groups: dict[str, str | None], fields: dict[str, str]) -> str:
    inside = (groups.get("inside") or groups.get("php") or "").strip("=-@ ;\n$")
    return _output(translated(inside.replace("->", "."), fields), "") if re.fullmatch(r"[\w.@>-]+", inside) else ""


def _mailchimp(body: str, fields: dict[str, str]) -> tuple[str, bool]:
    word, _, rest = body.strip().partition(":")
    match word.upper():
        case "IF" | "ELSEIF" | "IFNOT":
            return foreign_conditions.mailchimp(word.upper(), rest, fields), True
        case "ELSE":
            return "{% else %}", True
        case "END":
            return "{% endif %}", True
        case "URL":  # encoded for where it stands, as ours are anyway
            return _output(translated(rest, fields), ""), False
        case "UPPER" | "LOWER" | "TITLE":
            ours = translated(rest, fields)
            return (f"{{{{ {ours}|{word.lower()} }}}}" if ours else ""), False
    return _output(translated(body, fields), ""), False


def _curly(match: re.Match[str], fields: dict[str, str]) -> Iterator[Foreign]:
    text = match[0]
    if match["word"]:
        if _DJANGO.search(text) or match["word"] not in _OUR_BLOCKS:
            yield Foreign(text, match.start(), "Klaviyo or another system", *_django(text, match["word"], fields))
        return
    if (go := _GO.fullmatch(unescape(text))) and "end" not in fields.values():
        yield Foreign(text, match.start(), "listmonk", *_go(go, fields))
        return
    looked_up = _LOOKUP.sub(lambda found: f".{found[2]}", text)  # Klaviyo
    name = _CURLY_NAME.match(looked_up) if len(text) <= _LONG_NAME else None
    if not _HANDLEBARS.match(text):
        alone = re.fullmatch(r"\{\{\s*(\w+)\s*(\|.*)?\}\}", unescape(text))
        ours = translated(alone[1], fields) if alone and _is_readable(text) else ""
        if ours and alone and alone[1] not in fields.values() and alone[1] != ours:
            yield Foreign(text, match.start(), "another system", f"{{{{ {ours}{(alone[2] or '').rstrip()} }}}}")
        return
    condition = re.match(r"\{\{\{?~?\s*(#\s*(if|unless)\b|else\b|/\s*(?:if|unless)\b|#|\^|/)", text)
    if condition:
        yield Foreign(text, match.start(), "Handlebars", foreign_conditions.handlebars(condition, name, fields), True)
        return
    ours = translated(re.sub(r"[${}\[\]]", "", name["name"]), fields) if name else ""
    yield Foreign(text, match.start(), _system_of(text), _output(ours, _fallback(name) if name else ""))


def _go(tag: re.Match[str], fields: dict[str, str]) -> tuple[str, bool]:
    if tag["word"]:
        return foreign_conditions.go(tag["word"], tag["asked"], fields), True
    said = re.fullmatch(r"""\s*["`]([^"`{}<>]*)["`]\s*\.?\s*""", tag["given"])
    if tag["call"] == "TrackLink" and said:
        return escape(said[1]), False  # links are followed here of themselves
    return (_GO_WORDS.get(said[1], "") if tag["call"] in {"L.T", "L.Ts"} and said else ""), False


def _django(text: str, word: str, fields: dict[str, str]) -> tuple[str, bool]:
    if word in {"if", "elif"}:
        names = [found["owned"] or found["var"] for found in _DJANGO.finditer(text)]
        ours = _DJANGO.sub(lambda found: translated(found["owned"] or found["var"], fields), text)
        return (ours if all(translated(name, fields) for name in names) and _is_readable(ours) else ""), False
    link = translated(word, fields)
    return _output(link, "") if link.endswith("_url") else "", False


def _system_of(text: str) -> str:
    inside = text.strip("{} ").lower()
    for start, system in (
        ("var:", "Mailjet"),
        ("data:", "Mailjet"),
        ("params.", "Brevo"),
        ("contact.", "Brevo, HubSpot or Keila"),
        (".", "listmonk"),
        ("subscriber.", "Drip or Kit"),
        ("$", "Braze"),
        ("person", "Klaviyo"),
        ("lead.", "Marketo"),
        ("customer.", "Customer.io"),
    ):
        if inside.startswith(start):
            return system
    return "SendGrid or Handlebars" if text.startswith("{{{") else "another system"


def _output(ours: str, fallback: str) -> str:
    if not ours:
        return ""
    fallback = unescape(fallback).strip().strip("\"'").replace('"', "'")
    takes_fallback = fallback and not ours.endswith("_url") and ours not in _ALWAYS_THERE
    return f'{{{{ {ours}|default("{fallback}") }}}}' if takes_fallback else f"{{{{ {ours} }}}}"


def _fallback(match: re.Match[str]) -> str:
    groups = match.groupdict()
    kinds = ("double", "single", "entity")
    names = ("bar", "mark", *kinds, *(f"{before}_{kind}" for before in ("of", "then") for kind in kinds))
    return next((value for value in (groups.get(name) for name in names) if value), "")


def _fitted(found: list[Foreign], source: str) -> list[Foreign]:
    """Among the words of a page a link of its own, where other systems write one of theirs."""
    fitted: list[Foreign] = []
    is_in_link, at = False, 0
    for one in found:
        for tag in _LINK_TAG.finditer(source, at, one.start):
            is_in_link = tag[0][1] != "/"
        at = one.start
        words = _LINKS.get(one.ours, "")
        is_among_words = words and not is_in_link and not _is_in_tag(source, one.start)
        fitted.append(replace(one, ours=f'<a href="{one.ours}">{words}</a>') if is_among_words else one)
    return fitted


def _is_in_tag(source: str, at: int) -> bool:
    opening, closing = (source.rfind(sign, max(0, at - _LONG_TAG), at) for sign in "<>")
    return opening > closing and bool(_TAG_START.match(source, opening))


def _is_constant(name: str) -> bool:
    """%MY_FIELD% and %recipient.age%, never the %C3%A9 of an address."""
    return bool(
        re.fullmatch(r"(?=.{4})[A-Z]+(?:[_-][A-Z0-9]+)+|[A-Z]{7,}|(?:recipient|mailing_list|contact)[._]\w+", name)
    )


def _is_field(name: str, fields: dict[str, str]) -> bool:
    return name.isupper() and plain(name) in fields


def _is_readable(tag: str) -> bool:
    try:
        syntax.read(tag, _FILTER_NAMES)
    except syntax.Unreadable:
        return False
    return True


def _compile(shapes: tuple[tuple[str, str], ...]) -> list[tuple[str, re.Pattern[str]]]:
    return [(system, re.compile(shape, re.DOTALL)) for system, shape in shapes]


_COMPILED, _COMPILED_NAMED = _compile(_SHAPES), _compile(_NAMED)
