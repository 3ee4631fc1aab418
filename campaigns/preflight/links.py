"""What preflight says of where a mail leads."""

import re
from collections.abc import Iterator, Sequence

from accounts.egress import networks
from accounts.organisation import public_address
from campaigns.preflight import link_checks
from campaigns.preflight.findings import Finding, Level
from campaigns.preflight.places import Places
from delivery import markup
from delivery.markup import host_of

_PLACEHOLDER = re.compile(r"(?:.+\.)?example\.(?:com|org|net)")
_USUAL_PORTS = {None, 80, 443}
# As people call a copy of their site that is not for readers. Not the registered name: speed-test.net, dev.to.
_STAGING = re.compile(
    r"(?:www\.)?(?:[^.]+-)?(?:staging|stage|preprod|preview|dev|develop|test|testing|uat|qa)\d*(?:-[^.]+)?"
    r"\.(?:[^.]+\.)+[^.]+"
)


def check(places: Places, links: Sequence[str], *, is_real: bool) -> Iterator[Finding]:
    """`links`: as somebody gets them, in the order of the mail."""

    def finding(level: Level, code: str, text: str, cure: str, link: str) -> Finding:
        return Finding(level, code, text, cure, "content", block=places.with_link(link))

    empty = [link for link in links if link in {"", "#", "http://", "https://"}]
    if empty:
        text = "A link leads nowhere." if len(empty) == 1 else f"{len(empty)} links lead nowhere."
        yield finding("block", "empty-link", text, "Enter where they lead, or remove them.", empty[0])
    web = [link for link in links if link.startswith(("http://", "https://")) and link not in empty]
    broken = [link for link in web if not host_of(link)]
    if broken:
        text = f"The link “{broken[0][:60]}” is not an address."
        yield finding("block", "broken-link", text, "Write it as https://www.example.org/page.", broken[0])
    if placeholders := [link for link in web if _PLACEHOLDER.fullmatch(host_of(link))]:
        where = host_of(placeholders[0])
        many = f"{len(placeholders)} links still lead to {where} and the like."
        text = many if placeholders[1:] else f"A link still leads to {where}."
        yield finding("warn", "placeholder-link", text, "Enter the address of your own site.", placeholders[0])
    relative = [link for link in links if link and not re.match(r"[a-z][a-z0-9+.-]*:|#", link, re.IGNORECASE)]
    if relative:
        text = f"The link “{relative[0][:60]}” is not a full address; in a mail it leads nowhere."
        yield finding("block", "relative-link", text, "Begin it with https://.", relative[0])
    own = {host_of(link) for link in links if "/u/" in link}
    others = [link for link in web if host_of(link) and host_of(link) not in own]
    plain = [link for link in others if link.startswith("http://")]
    if plain:
        more = f", nor are {len(plain) - 1} more." if plain[1:] else "."
        text = f"“{plain[0][:60]}” is not encrypted (http){more}"
        yield finding("warn", "http-link", text, "Use https:// where the site has it.", plain[0])
    for link, said in link_checks.known(others).items():
        if said.is_lasting:
            text = f"Nobody gets to “{link[:60]}”. {said.text}"
            yield finding("warn", "dead-link", text, "Open it in a browser, and correct the address.", link)
        elif said.kind == "downgraded":
            cure = "Link to where it ends, with https:// if the site has it."
            yield finding("warn", "downgraded-link", f"“{link[:60]}”: {said.text}", cure, link)
    here = [link for link in others if _is_nowhere_else(host_of(link))]
    if here and is_real:
        text = f"A link leads to {host_of(here[0])}, which readers cannot reach."
        yield finding("block", "local-link", text, "Enter the address of the public site.", here[0])
    near = [link for link in others if link not in here and _is_near(host_of(link))]
    if near and is_real:
        text = f"A link leads to {host_of(near[0])}, which only people within its network reach."
        cure = "Enter the address of the public site, unless everybody who gets this is there."
        yield finding("warn", "network-link", text, cure, near[0])
    public = [link for link in others if link not in here and link not in near]
    if staging := [link for link in public if _STAGING.fullmatch(host_of(link))]:
        text = f"A link leads to {host_of(staging[0])}, which is called like a copy of a site that is not for readers."
        yield finding("warn", "staging-link", text, "Enter the address of the public site.", staging[0])
    if bare := [link for link in public if _is_number(host_of(link))]:
        text = f"A link leads to the bare number {host_of(bare[0])}; filters take that for a trick."
        yield finding("warn", "ip-link", text, "Use the name of the site.", bare[0])
    if odd := [link for link in public if _port(link) not in _USUAL_PORTS]:
        text = f"“{odd[0][:60]}” names the port {_port(odd[0])}; filters distrust that, and some networks close it."
        yield finding("warn", "port-link", text, "Use an address without a port.", odd[0])


def _is_nowhere_else(host: str) -> bool:
    """The machine of whoever follows it, or none at all."""
    try:
        return networks.is_this_machine(host) or networks.is_never_a_server(networks.read(host))
    except ValueError:
        return False


def _is_near(host: str) -> bool:
    """Of somebody's own network. Names under .test (RFC 6761) lead nowhere for everybody: mails are tried by them."""
    return public_address.is_private(host) and not host.endswith(".test")


def _is_number(host: str) -> bool:
    try:
        networks.read(host)
    except ValueError:
        return False
    return True


def _port(link: str) -> int | None:
    try:
        return markup.split(link).port
    except ValueError:  # none that could be one: not an address
        return None
