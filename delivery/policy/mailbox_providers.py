"""Whose servers a domain's mail goes to, by its name or by the MX it was found to have: throttles act on lanes."""

OTHER = "other"

DOMAINS: dict[str, tuple[str, ...]] = {
    "gmail": ("gmail.com", "googlemail.com"),
    "microsoft": (
        *("outlook.com", "hotmail.com", "live.com", "msn.com", "passport.com", "windowslive.com"),
        *(f"{name}.{tld}" for name in ("outlook", "hotmail", "live") for tld in ("de", "fr", "it", "es", "nl", "be")),
        *("hotmail.co.uk", "live.co.uk", "hotmail.co.jp", "outlook.jp", "outlook.co.id", "outlook.com.br"),
        *("outlook.com.au", "live.com.au", "live.com.mx", "live.ca", "hotmail.ca", "live.dk", "live.se", "hotmail.se"),
        *("live.no", "hotmail.com.br", "hotmail.com.tr", "outlook.at", "outlook.pt", "live.com.pt", "outlook.ie"),
    ),
    "yahoo": (
        *("yahoo.com", "ymail.com", "rocketmail.com", "myyahoo.com", "aol.com", "aim.com", "verizon.net", "love.com"),
        *(f"yahoo.{tld}" for tld in ("de", "fr", "it", "es", "nl", "be", "ca", "in", "ie", "gr", "se", "dk", "no")),
        *(f"yahoo.co.{tld}" for tld in ("uk", "in", "id", "nz", "th", "za", "kr")),
        *(f"yahoo.com.{tld}" for tld in ("br", "mx", "ar", "au", "sg", "ph", "my", "hk", "vn", "tw", "tr", "co")),
        *("aol.de", "aol.fr", "aol.co.uk", "aol.it", "aol.es", "sky.com"),
    ),
    "apple": ("icloud.com", "me.com", "mac.com"),
}

LANES = (*DOMAINS, OTHER)
IN_WORDS = {"gmail": "Gmail", "microsoft": "Microsoft", "yahoo": "Yahoo", "apple": "Apple", OTHER: "all others"}

# What the names of their servers end with, whichever domain they serve.
MX_OF: dict[str, tuple[str, ...]] = {
    "gmail": ("google.com", "googlemail.com"),
    "microsoft": ("mail.protection.outlook.com", "olc.protection.outlook.com", "mx.microsoft"),
    "yahoo": ("yahoodns.net",),
    "apple": ("mail.icloud.com",),
}

_lane_of = {domain: lane for lane, domains in DOMAINS.items() for domain in domains}


def lane(email: str) -> str:
    return _lane_of.get(email.rpartition("@")[2].lower(), OTHER)


def lane_of_mx(host: str) -> str:
    name = host.lower().rstrip(".")
    ours = (lane for lane, ends in MX_OF.items() if any(name == end or name.endswith(f".{end}") for end in ends))
    return next(ours, OTHER)


def named_sql(email: str) -> tuple[str, dict[str, list[str]]]:
    """The same as `sql` with named parameters."""
    expression, parameters = sql(email)
    named = {f"lane_{number}": parameter for number, parameter in enumerate(parameters)}
    for name in named:
        expression = expression.replace("%s", f"%({name})s", 1)
    return expression, named


def sql(email: str) -> tuple[str, list[list[str]]]:
    """The same and, for other domains, what delivery.throttling.mx has learnt: an expression over the SQL expression
    `email`, with its parameters."""
    domain = f"lower(split_part({email}, '@', -1))"
    cases = " ".join(f"WHEN {domain} = ANY(%s) THEN '{name}'" for name in DOMAINS)
    learnt = f"(SELECT d.lane FROM delivery_maildomain d WHERE d.domain = {domain})"  # noqa: S608
    return f"CASE {cases} ELSE coalesce({learnt}, '{OTHER}') END", [list(domains) for domains in DOMAINS.values()]
