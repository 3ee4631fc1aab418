"""One DKIM key record as it is written (RFC 6376 3.6.1, RFC 8301, RFC 8463). Pure."""

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from delivery.domains import tags
from delivery.domains.finding import Finding

LEAST_BITS, GOOD_BITS = 1024, 2048
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Key:
    kind: str = ""  # rsa, ed25519
    bits: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def verifies(self) -> bool:
        """Whether a signature can be checked with it."""
        return bool(self.kind) and not any(one.level == "bad" for one in self.findings)


def read(text: str) -> Key:
    if "\\;" in text:
        return _unusable("backslash", "Its semicolons have backslashes before them.", r"Enter it without “\”.")
    if text.startswith('"'):
        return _unusable("quotes", "Its quotation marks are part of the value.", "Enter it without quotation marks.")
    try:
        found = tags.read(text)
    except tags.NotATagList as problem:
        return _unusable("syntax", f"The part “{problem}” is not understood.", "Copy the value again, all of it.")
    if ("v" in found and (next(iter(found)) != "v" or found["v"] != "DKIM1")) or "p" not in found:
        what = "It contains no key" if "p" not in found else "It does not begin with “v=DKIM1”"
        return _unusable("syntax", f"{what}, so it is no DKIM record.", "Copy the value again, all of it.")
    packed = _SPACE.sub("", found["p"])
    if not packed:
        text = "The key was revoked: its record is kept, and empty. Signatures made with it do not pass."
        return _unusable("revoked", text, "Sign with another key, or enter the value again.")
    key = _key(found.get("k", "rsa").lower(), packed)
    return Key(key.kind, key.bits, (*key.findings, *_limits(found)))


def _key(kind: str, packed: str) -> Key:
    cut_off = "Copy the value again: a part of it may have been cut off."
    try:
        octets = b64decode(packed, validate=True)
        if kind == "ed25519":
            if len(octets) != 32:
                return _unusable("broken", "An Ed25519 key has 32 octets, and this one has not.", cut_off)
            return Key("ed25519", 256)
        if kind != "rsa":
            text = f"Its kind of key, “{kind[:20]}”, is known to no receiver."
            return _unusable("kind", text, "Use an RSA key of 2048 bits.")
        public = load_der_public_key(octets)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return _unusable("broken", "The key in it cannot be read.", cut_off)
    if not isinstance(public, RSAPublicKey):
        return _unusable("broken", "The key in it is no RSA key.", cut_off)
    if public.key_size < LEAST_BITS:
        text = f"Its key has {public.key_size} bits; receivers ignore keys of fewer than {LEAST_BITS}."
        return Key("rsa", public.key_size, (Finding("bad", "short", text, f"Make a new key of {GOOD_BITS} bits."),))
    if public.key_size < GOOD_BITS:
        text = f"Its key has {public.key_size} bits. That passes today; {GOOD_BITS} are advised."
        return Key("rsa", public.key_size, (Finding("warn", "shortish", text, "Make a new key when it suits you."),))
    return Key("rsa", public.key_size)


def _limits(found: dict[str, str]) -> list[Finding]:
    limits = []
    flags = {flag.strip() for flag in found.get("t", "").split(":")}
    services = {service.strip() for service in found.get("s", "*").split(":")}
    hashes = {name.strip().lower() for name in found.get("h", "sha256").split(":")}
    if "y" in flags:
        text = "It is marked as a test (t=y): receivers may treat mail as if it were not signed."
        limits.append(Finding("warn", "testing", text, "Take “t=y” out once everything works."))
    if not services & {"*", "email"}:
        limits.append(Finding("bad", "service", "The key is not meant for mail (s=).", "Take the part “s=” out."))
    if "sha256" not in hashes:
        text = "It allows only outdated signatures (h=), which receivers must ignore."
        limits.append(Finding("bad", "hash", text, "Take the part “h=” out."))
    return limits


def _unusable(code: str, text: str, cure: str) -> Key:
    return Key(findings=(Finding("bad", code, text, cure),))
