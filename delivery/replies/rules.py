"""What a rule is, and the form of a reply that rules see."""

import re
import unicodedata

from delivery.replies.categories import Category

Rule = tuple[Category, re.Pattern[str]]

# Stand for WHO and BAD in the patterns: a person's mailbox, and that there is none.
_WHO = (
    r"(?:user(?:name| id)?|recipients?|mail-?box(?:es)?|(?<!your )account|(?<!ip )address(?:ee)?|customer|"
    r"member|person|inbox|alias|local[- ]?part|rcpt|e-?mail (?:address|account|id|name))"
)
_BAD = (
    r"(?:do(?:es)? ?n[o'’]?t exist|not exist(?:ing)?|unknown|(?:marked as )?invalid|undeliverable|"
    r"unrecogni[sz]ed|unroute?able|non-?existe?a?nt|(?:can ?not|can'?t|could not|couldn'?t) be (?:found|verified)|"
    r"(?:is |was )?not (?:a )?(?:found|known|valid|exist|here|recogni[sz]ed|listed|registered|in (?:our|the|my|this))|"
    r"no longer (?:exists?|valid|at (?:this|that)|on (?:this |the )?server|here)|n'existe pas)"
)


def rule(category: Category, *phrases: str) -> Rule:
    return category, re.compile(fold("|".join(phrases)).replace("WHO", _WHO).replace("BAD", _BAD))


def first(rules: tuple[Rule, ...], text: str) -> Category | None:
    return next((category for category, pattern in rules if pattern.search(text)), None)


def fold(text: str) -> str:
    """Without accents: servers write "boîte pleine" and "boite pleine"."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in apart if not "\u0300" <= c <= "\u036f"))


def whole(text: str) -> str:
    """Lower case, one space at a time, without anybody's address."""
    words = fold(text[:1000].casefold()).split()
    if "@" in text:
        words = " ".join(_without_address(word) if "@" in word else word for word in words).split()
    return " ".join(words)


def _without_address(word: str) -> str:
    return (_ADDRESS_IN_A_LINK if "://" in word else _ADDRESS).sub(" ", word)


def plain(text: str) -> str:
    """Of a whole text, the server's own words: no links, hosts and numbers, in which a name could pass for a word."""
    return " ".join(_NAMES.sub(" ", text).split())


# A local part may hold "/", "=" and "'" (RFC 5322 3.2.3): "quota=x@firma.example" says nothing of a quota.
_ADDRESS = re.compile(r"<?[^\s/<>=;:()\[\]\"'][^\s<>;:()\[\]\"]*@[^\s<>;:()\[\]\"',]+>?")
_ADDRESS_IN_A_LINK = re.compile(r"<?[^\s/<>=;:()\[\]\"']+@[^\s<>;:()\[\]\"',]+>?")
_NAMES = re.compile(
    r"https?://\S+|www\.\S+|<[^<>\s]*>|\"[^\"\s]+\"|(?<!\S)'[^'\s]+'|\[[\da-f:.]+\]|\b\d+(?:\.\d+){3}\b"
    r"|(?<!\S)\d{3}(?:-(?=\S)| (?=[245]\.\d))|(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])"  # codes, in every line
    r"|\((?:in reply|#)[^()]*\)"
    r"|(?<![\w.-])(?:[\w-]+\.)+(?:com|net|org|edu|gov|info|biz|io|dev|app|cloud|mail|example|invalid|test|local|lan|"
    r"arpa|[a-z]{2})\.?(?![\w-])"
    r"|(?:^|(?<=[:'] )|(?<=[:']))[245]\d\d[ -]|unknown address error \d{3}-"  # a reply told by another server
    r"|^\S+ ?\.\.\. "  # Sendmail's name of the mailbox
)
