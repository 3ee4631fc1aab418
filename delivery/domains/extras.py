"""What a domain may have beside what its mail needs: BIMI, MTA-STS and TLS-RPT. Each says what it brings."""

from collections.abc import Callable

from delivery.domains.looking import NOT_KNOWN, Look
from delivery.domains.report import Row, State

KINDS = ("bimi", "mta-sts", "tls-rpt")
_Verdict = tuple[State, str]
Fetch = Callable[[str], str | None]  # the text at a web address; None: there is none that can be had


def rows(look: Look, fetch: Fetch | None = None) -> list[Row]:
    """The last two are about mail that the domain receives, so only where it receives any."""
    found = [_bimi(look)]
    receiver = look.return_domain
    if any(" " in value.strip() for value in look.ask(receiver, "MX").values):  # "0 ." takes none, RFC 7505
        found += [_mta_sts(look, receiver, fetch), _tls_rpt(look, receiver)]
    return found


def _bimi(look: Look) -> Row:
    brings = (
        "Gmail, Yahoo and Apple can show your logo beside the mail. It needs p=quarantine or p=reject, the logo as SVG "
        "Tiny PS at an https address, and for Gmail and Apple a certificate (VMC or CMC)."
    )

    def judge() -> _Verdict:
        if look.dmarc.policy in ("quarantine", "reject"):
            return "good", "Mailboxes find your logo."
        return "warn", "The logo is named, and not shown before DMARC asks for p=quarantine or p=reject."

    value = f"v=BIMI1; l=https://{look.domain}/logo.svg; a="
    return _row(look, "bimi", f"default._bimi.{look.domain}", value, brings, judge)


def _mta_sts(look: Look, receiver: str, fetch: Fetch | None) -> Row:
    brings = (
        "Mail to this domain is then always encrypted on the way. It needs this record, and a policy at "
        f"https://mta-sts.{receiver}/.well-known/mta-sts.txt."
    )
    return _row(look, "mta-sts", f"_mta-sts.{receiver}", "v=STSv1; id=1", brings, lambda: _policy(receiver, fetch))


def _tls_rpt(look: Look, receiver: str) -> Row:
    brings = "Other servers then tell once a day when encryption to this domain failed."
    value = f"v=TLSRPTv1; rua=mailto:postmaster@{look.domain}"
    found: _Verdict = ("good", "Failures of encryption are reported.")
    return _row(look, "tls-rpt", f"_smtp._tls.{receiver}", value, brings, lambda: found)


def _row(look: Look, kind: str, host: str, value: str, brings: str, judge: Callable[[], _Verdict]) -> Row:
    """`value`: what would have to stand there; `judge`: of the record that stands there already."""
    answer, version = look.ask(host, "TXT"), value.partition(";")[0].lower()
    now = [text for text in answer.values if text.lower().replace(" ", "").startswith(version)]
    verdict: _Verdict = judge() if now else ("warn", brings)
    if not answer.is_known:
        verdict = "wait", NOT_KNOWN
    return look.row(kind, "TXT", host, now[0] if now else value, now, verdict, optional=True)


def _policy(receiver: str, fetch: Fetch | None) -> _Verdict:
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
