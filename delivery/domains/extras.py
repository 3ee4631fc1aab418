"""What a domain may have beside what its mail needs: BIMI, MTA-STS and TLS-RPT. Each says what it brings."""

from collections.abc import Callable

from delivery.domains.looking import NOT_KNOWN, Look
from delivery.domains.report import Row, State

KINDS = ("bimi", "mta-sts", "tls-rpt")
Fetch = Callable[[str], str | None]  # the text at a web address; None: there is none that can be had


def rows(look: Look, fetch: Fetch | None = None) -> list[Row]:
    """The last two are about mail that the domain receives, so only where it receives any."""
    found = [_bimi(look)]
    receiver = look.return_domain
    if look.ask(receiver, "MX").values:
        found += [_mta_sts(look, receiver, fetch), _tls_rpt(look, receiver)]
    return found


def _bimi(look: Look) -> Row:
    host = f"default._bimi.{look.domain}"
    answer = look.ask(host, "TXT")
    now = [text for text in answer.values if text.lower().replace(" ", "").startswith("v=bimi1")]
    verdict: tuple[State, str] = (
        "warn",
        "Gmail, Yahoo and Apple can show your logo beside the mail. It needs p=quarantine or p=reject, the logo as SVG "
        "Tiny PS at an https address, and for Gmail and Apple a certificate (VMC or CMC).",
    )
    if not answer.is_known:
        verdict = "wait", NOT_KNOWN
    elif now and look.dmarc.policy not in ("quarantine", "reject"):
        verdict = "warn", "The logo is named, and not shown before DMARC asks for p=quarantine or p=reject."
    elif now:
        verdict = "good", "Mailboxes find your logo."
    value = now[0] if now else f"v=BIMI1; l=https://{look.domain}/logo.svg; a="
    return look.row("bimi", "TXT", host, value, now, verdict, optional=True)


def _mta_sts(look: Look, receiver: str, fetch: Fetch | None) -> Row:
    host = f"_mta-sts.{receiver}"
    answer = look.ask(host, "TXT")
    now = [text for text in answer.values if text.lower().replace(" ", "").startswith("v=stsv1")]
    verdict: tuple[State, str] = (
        "warn",
        "Mail to this domain is then always encrypted on the way. It needs this record, and a policy at "
        f"https://mta-sts.{receiver}/.well-known/mta-sts.txt.",
    )
    if not answer.is_known:
        verdict = "wait", NOT_KNOWN
    elif now:
        verdict = _policy(receiver, fetch)
    value = now[0] if now else "v=STSv1; id=1"
    return look.row("mta-sts", "TXT", host, value, now, verdict, optional=True)


def _policy(receiver: str, fetch: Fetch | None) -> tuple[State, str]:
    """RFC 8461 3.2"""
    if fetch is None:
        return "wait", NOT_KNOWN
    text = fetch(f"https://mta-sts.{receiver}/.well-known/mta-sts.txt")
    if text is None:
        return "warn", f"The record is there, and no policy at https://mta-sts.{receiver}/.well-known/mta-sts.txt."
    pairs = [
        (name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in text.splitlines())
    ]
    said = dict(reversed(pairs))
    if said.get("version") != "STSv1" or said.get("mode") not in ("enforce", "testing", "none"):
        return "warn", "Its policy is not one that senders understand: version and mode are missing."
    if said["mode"] != "enforce":
        return "warn", f"Its policy says mode: {said['mode']}, so nothing is enforced yet."
    return "good", "Mail to this domain is always encrypted on the way."


def _tls_rpt(look: Look, receiver: str) -> Row:
    host = f"_smtp._tls.{receiver}"
    answer = look.ask(host, "TXT")
    now = [text for text in answer.values if text.lower().replace(" ", "").startswith("v=tlsrptv1")]
    verdict: tuple[State, str] = "warn", "Other servers then tell once a day when encryption to this domain failed."
    if not answer.is_known:
        verdict = "wait", NOT_KNOWN
    elif now:
        verdict = "good", "Failures of encryption are reported."
    value = now[0] if now else f"v=TLSRPTv1; rua=mailto:postmaster@{look.domain}"
    return look.row("tls-rpt", "TXT", host, value, now, verdict, optional=True)
