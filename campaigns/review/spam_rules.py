"""Rules of SpamAssassin in words of people who write mails."""

import re
from dataclasses import dataclass

_OTHER_TEXT = "Its plain text says other things than the mail with pictures does."
_FREE_REPLY = "Answers go to an address at a free mail service."
_WORDS = {
    "MAILING_LIST_MULTI": "It has the marks of a proper mailing list, such as a way to unsubscribe with one click.",
    "SUBJ_ALL_CAPS": "The subject is all in capitals.",
    "GAPPY_SUBJECT": "Letters in the subject are parted by spaces.",
    "MISSING_SUBJECT": "It has no subject.",
    "LOCALPART_IN_SUBJECT": "The subject names the first part of the reader’s address.",
    "HTML_FONT_LOW_CONTRAST": "Some words have nearly the colour of what is behind them.",
    "HTML_FONT_SIZE_HUGE": "Some letters are very large.",
    "HTML_FONT_SIZE_LARGE": "Some letters are large.",
    "HTML_FONT_FACE_BAD": "A typeface has a name that none has.",
    "HTML_COMMENT_SAVED_URL": "It was saved from a web page.",
    "HTML_SHORT_CENTER": "It is very short and centred.",
    "MIME_HTML_ONLY": "It has no plain text.",
    "MPART_ALT_DIFF": _OTHER_TEXT,
    "MPART_ALT_DIFF_COUNT": _OTHER_TEXT,
    "NORMAL_HTTP_TO_IP": "A link leads to a number (an IP address) instead of a name.",
    "NUMERIC_HTTP_ADDR": "A link leads to a number instead of a name.",
    "WEIRD_PORT": "A link names a port, as in example.org:8080.",
    "HTTPS_HTTP_MISMATCH": "A link shows another address than the one that it leads to.",
    "URI_HEX": "The address of a link has a long number in its name.",
    "URI_NOVOWEL": "The address of a link has a long name without vowels.",
    "URI_TRUNCATED": "A link is cut off.",
    "URI_UNSUBSCRIBE": "Its link to unsubscribe looks like one of spam.",
    "FREEMAIL_FROM": "The sender is at a free mail service, whose addresses spam often uses.",
    "FREEMAIL_REPLYTO": _FREE_REPLY,
    "FREEMAIL_FORGED_REPLYTO": _FREE_REPLY,
    "MONEY_BACK": "It speaks of a money-back guarantee.",
    "INVESTMENT_ADVICE": "It speaks of advice on investments.",
    "UNCLAIMED_MONEY": "It speaks of money that nobody has claimed.",
    "LOTS_OF_MONEY": "It speaks of large sums of money.",
    "DIET_1": "It speaks of losing weight.",
    "ACT_NOW_CAPS": "It tells readers to act now, in capitals.",
    "TRACKER_ID": "It holds a line of letters and digits that reads like a number to follow readers by.",
    "DKIM_SIGNED": "It is signed in the name of a domain (DKIM).",
    "DKIM_VALID": "Its signature (DKIM) is right.",
    "DKIM_VALID_AU": "It is signed by the sender’s own domain (DKIM).",
    "DKIM_VALID_EF": "It is signed by the domain that returned mail goes to (DKIM).",
    "DKIM_INVALID": "Its signature (DKIM) is not right.",
}
_FAMILIES = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"HTML_IMAGE_ONLY_\d+", "It has pictures and few words."),
        (r"HTML_IMAGE_RATIO_\d+", "Its pictures are large and its text is short."),
        (r"HTML_SHORT_LINK_IMG_\d", "It is hardly more than one picture that is a link."),
        (r"DATE_IN_(PAST|FUTURE)_\w+", "Its date is hours away from now."),
        (r"DKIM_ADSP_\w+", "It is not signed by the sender’s own domain (DKIM)."),
        (r"(SUBJECT_)?FUZZY_\w+", "A word looks like one that spam writes in disguise."),
        (r"(SUBJECT_)?DRUGS?_\w+", "It names medicines that spam often sells."),
        (r"ADVANCE_FEE_\w+", "It reads like a fraud that promises money for a fee."),
    )
)
_PLACES = (  # of a rule without words of its own: where it looks, by its name and by what SpamAssassin says of it
    (re.compile(r"SUBJ|GAPPY"), "Something about the subject."),
    (re.compile(r"(?<![A-Z])(URI|URL|HTTPS?)(?![A-Z])"), "Something about a link or its address."),
    (re.compile(r"HTML|MIME|MPART|FONT|IMG|IMAGE"), "Something about how the mail is built."),
    (re.compile(r"FROM|REPLY|SENDER|DKIM|SPF"), "Something about the sender."),
    (re.compile(r": BODY:"), "Something about the words of the mail."),
)


@dataclass(frozen=True, slots=True)
class Told:
    """`is_whole`: whether the words say what the rule is about, and not only where it looks."""

    words: str
    is_whole: bool


def told(name: str, description: str) -> Told:
    """`description`: what SpamAssassin says of its rule, such as `BODY: HTML font size is huge`."""
    if name in _WORDS:
        return Told(_WORDS[name], True)
    for pattern, words in _FAMILIES:
        if pattern.fullmatch(name):
            return Told(words, True)
    for pattern, words in _PLACES:
        if pattern.search(f"{name}: {description}"):
            return Told(words, False)
    return Told("Something else about the mail.", False)
