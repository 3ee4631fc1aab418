"""The tables behind `delivery.replies`: what servers say, in the order in which rules are tried.

Rules are patterns over the reply in lower case with runs of space made one. SPECIFIC sees it whole, TEXT without
addresses and links, whose words are not the server's.
"""

import re
from enum import StrEnum


class Category(StrEnum):
    INVALID_RECIPIENT = "invalid_recipient"
    BAD_DOMAIN = "bad_domain"
    INACTIVE_MAILBOX = "inactive_mailbox"
    MAILBOX_FULL = "mailbox_full"
    MESSAGE_TOO_LARGE = "message_too_large"
    GREYLIST = "greylist"
    THROTTLE = "throttle"
    CONN_LIMIT = "conn_limit"
    BLOCK_REPUTATION = "block_reputation"
    SPAM_CONTENT = "spam_content"
    AUTH_POLICY = "auth_policy"
    PROVIDER_AUTH = "provider_auth"
    PROVIDER_QUOTA = "provider_quota"
    RELAY_DENIED = "relay_denied"
    SENDER_NOT_VERIFIED = "sender_not_verified"
    SMTPUTF8 = "smtputf8"
    NETWORK = "network"
    PROTOCOL = "protocol"
    EXPIRED = "expired"
    COMPLAINT = "complaint"
    UNKNOWN = "unknown"


C = Category
Rule = tuple[Category, re.Pattern[str]]

# Stand for WHO and BAD in the patterns.
_WHO = (
    "("
    r"user|recipient|mailbox|account|address|addressee|customer|member|person|inbox|"
    r"e-?mail( (address|account))?"
    ")"
)
_BAD = (
    "("
    r"does ?n[o']t exist|doesn.t exist|not exist|unknown|invalid|not ?found|cannot be found|"
    r"could not be found|not known|no longer (exists|valid|available|active|on server|here)|"
    r"not (a )?(valid|registered)|nonexistent|non-existent|unrouteable|undeliverable"
    ")"
)


def _rule(category: Category, *phrases: str) -> Rule:
    return category, re.compile("|".join(phrases).replace("WHO", _WHO).replace("BAD", _BAD))


# Providers whose wording or numbers mean something of their own, whatever the enhanced code says.
SPECIFIC: tuple[Rule, ...] = (
    _rule(
        C.PROVIDER_QUOTA,
        r"daily (message )?(sending )?quota (is )?exceeded|daily (user )?sending (limit|quota)",
    ),
    _rule(
        C.THROTTLE,
        r"maximum sending rate exceeded|throttling failure",
    ),
    _rule(
        C.SENDER_NOT_VERIFIED,
        r"email address is not verified|identities failed the check",
    ),
    _rule(
        C.PROVIDER_QUOTA,
        r"\b5\.4\.5\b|\b5\.7\.705\b|\b5\.7\.708\b|\b5\.1\.90\b|\b5\.2\.122\b|maximum credits exceeded",
    ),
    _rule(
        C.PROVIDER_QUOTA,
        r"not enough credits|(account|plan|monthly|hourly) (sending |email |message |mail )?(limit|quota)",
    ),
    _rule(
        C.PROVIDER_QUOTA,
        r"(reached|exceeded) (your|its|the) (daily|monthly|hourly)|(daily|hourly) .{0,20}(limit|quota)",
    ),
    _rule(
        C.AUTH_POLICY,
        r"\b5\.7\.(515|509|23)\b|does not meet the required authentication|access denied, sending domain",
    ),
    _rule(
        C.THROTTLE,
        r"\b4\.7\.6(50|51)\b|\b4\.7\.5\d\d\b|\(s77[0-9a-z]\)|\bs77[0-9]\b|\bs3114\b|\brp-00[1-4]\b",
        r"\b4\.3\.2 .*stor",
    ),
    _rule(
        C.BLOCK_REPUTATION,
        r"\bs3(140|150)\b|\b5\.7\.(606|511|703|750|64)\b|\bas\((\d+)\) .*banned|"
        r"connections? (was )?(rejected|denied|not (allowed|accepted))|\bsc-00[1-4]\b",
        r"\bdy-00[1-2]\b",
    ),
    _rule(
        C.BLOCK_REPUTATION,
        r"\bou-00[12]\b|banned sending ip|part of their network is on our block list",
    ),
    _rule(
        C.INVALID_RECIPIENT,
        r"\b5\.4\.1\b.*recipient address(es)? rejected.*access denied|resolver\.adr\.(recip)?notfound",
    ),
    _rule(
        C.INVALID_RECIPIENT,
        r"resolver\.adr\.recipnotfound|recipientnotfound",
    ),
    _rule(
        C.INVALID_RECIPIENT,
        r"delivery error: dd (this user doesn|requested mail action|sorry your message.*cannot be del.*not)",
    ),
    _rule(
        C.INACTIVE_MAILBOX,
        r"delivery error: dd sorry.*(disabled|discontinued)|account.*disabled or discontinued \[?\#?102",
    ),
    _rule(
        C.THROTTLE,
        r"\[ts(s0?4|s0?5|0[1-3])\]|\[(ip)?tss?0\d\]|\[iptso?4\]|unexpected volume or user complaints",
    ),
    _rule(
        C.BLOCK_REPUTATION,
        r"553 5\.7\.1 \[bl|^5?\.?.*\[bl\d\d\]|\[bl2[0-9]\]",
    ),
    _rule(
        C.AUTH_POLICY,
        r"\b[45]\.7\.(2[0-79]|30|31|32)\b",
    ),
    _rule(
        C.BLOCK_REPUTATION,
        r"\b5\.7\.28\b|very low reputation|low reputation of the sending",
    ),
    _rule(
        C.THROTTLE,
        r"\b4\.7\.28\b|unusual rate of (unsolicited )?(mail|email)",
    ),
    _rule(
        C.SPAM_CONTENT,
        r"detected that this message is (likely )?(unsolicited|suspicious)",
        r"likely (unsolicited mail|suspicious)|(message|mail) not (accepted|allowed) for policy reasons",
    ),
    _rule(
        C.INVALID_RECIPIENT,
        r"p=nosuchuser|answer=6596\b",
    ),
    _rule(
        C.INACTIVE_MAILBOX,
        r"p=disableduser|p=accountdisabled",
    ),
    _rule(
        C.MAILBOX_FULL,
        r"p=overquota(temp|perm)?",
    ),
    _rule(
        C.THROTTLE,
        r"receiving mail (at a rate|too quickly)|p=receivingrate",
    ),
    _rule(
        C.THROTTLE,
        r"\[(hcm|hc)\d\]|\[bs0?[12]\]",
    ),
    _rule(
        C.BLOCK_REPUTATION,
        r"\[cs0?1\]|\[hm0[78]\]|\bhvu:b\d",
    ),
    _rule(
        C.THROTTLE,
        r"\bib607\b|\bofr004|\bofr_?(10[4-8]|109)\b|\blpn007|\brl0000\d\d",
    ),
    _rule(
        C.CONN_LIMIT,
        r"\bib007\b|\bofr00[56]_?104|\brly:cs4|\bbl-conn",
    ),
    _rule(
        C.BLOCK_REPUTATION,
        r"\bib10[1-9]\b|\bofr0?0?[56]_|\blpn00[5-6]_|\baup#(cdrbl|in-|out-)|\brly:b\d|\bbl00000\d",
        r"csi\.cloudmark",
    ),
    _rule(
        C.SPAM_CONTENT,
        r"\bofr_?506|\bmcspamsignature|\baup#(cxsnd|cxmj)|\bvr0\d\b.*spam|\bib506\b|\bpht?ph",
    ),
    _rule(
        C.SPAM_CONTENT,
        r"\bib50[4-9]\b|\bib212\b",
    ),
)

# Enhanced codes (RFC 3463 and the IANA registry) that mean one thing. The first digit is the reply's class.
ENHANCED: dict[str, Category] = {
    "1.1": C.INVALID_RECIPIENT,
    "1.2": C.INVALID_RECIPIENT,
    "1.3": C.INVALID_RECIPIENT,
    "1.4": C.INVALID_RECIPIENT,
    "1.6": C.INVALID_RECIPIENT,
    "1.7": C.SENDER_NOT_VERIFIED,
    "1.8": C.SENDER_NOT_VERIFIED,
    "1.10": C.BAD_DOMAIN,
    "2.1": C.INACTIVE_MAILBOX,
    "2.2": C.MAILBOX_FULL,
    "2.3": C.MESSAGE_TOO_LARGE,
    "3.4": C.MESSAGE_TOO_LARGE,
    "4.1": C.NETWORK,
    "4.2": C.NETWORK,
    "4.3": C.NETWORK,
    "4.4": C.NETWORK,
    "4.6": C.NETWORK,
    "4.7": C.EXPIRED,
    "5.3": C.THROTTLE,
    "6.0": C.SPAM_CONTENT,
    "6.1": C.SPAM_CONTENT,
    "6.2": C.SPAM_CONTENT,
    "6.3": C.SPAM_CONTENT,
    "6.6": C.SPAM_CONTENT,
    "6.7": C.SMTPUTF8,
    "6.9": C.SMTPUTF8,
    "7.8": C.PROVIDER_AUTH,
    "7.12": C.PROVIDER_AUTH,
    "7.13": C.INACTIVE_MAILBOX,
    "7.17": C.INACTIVE_MAILBOX,
    "7.38": C.THROTTLE,
    **dict.fromkeys([f"7.{n}" for n in (20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 31, 32)], C.AUTH_POLICY),
}

# Words, from those that leave no doubt to those that only hint.
TEXT: tuple[Rule, ...] = (
    _rule(
        C.GREYLIST,
        r"gr[ae]y-?\s?list|grey ?listing|postgrey|temporarily (greylisted|blocked by greylist)",
        r"first[- ]time sender",
    ),
    _rule(
        C.GREYLIST,
        r"(try|retry) (again )?(in|after) \d+ ?(s|sec|second|m|min|minute)",
        r"please (retry|wait) .{0,20}\d+ sec",
    ),
    _rule(
        C.SMTPUTF8,
        r"smtputf8|internationali[sz]ed (e-?mail )?address|non-ascii (address|local)|eai (is )?not",
    ),
    _rule(
        C.CONN_LIMIT,
        r"too many (concurrent |simultaneous |open |parallel )?(smtp )?(connections|sessions)",
        r"connection (count|limit|rate)|(connections|sessions) (limit|exceeded)",
        r"max(imum)?( number of)? (concurrent )?(connections|sessions)|concurrent connections",
        r"number of (concurrent |simultaneous )?(connections|sessions)",
    ),
    _rule(
        C.RELAY_DENIED,
        r"relay(ing)?( access| mail| to this)?( is| was)? ?(denied|not (permitted|allowed|authori[sz]ed)|"
        r"prohibited|blocked|rejected|attempt)",
        r"unable to relay|not (permitted|allowed|authori[sz]ed) to relay",
        r"(do(es)?( not|n't)|cannot|can't|won't|refus\w+ to|will not) relay|no relay|relay(ing)? not",
        r"not a(n open)? relay|we do not relay|not our customer|isn't in my list of allowed",
        r"domain .{0,30}(isn.t|is not|not) in my list of allowed|rcpthosts",
    ),
    _rule(
        C.PROVIDER_AUTH,
        r"authentication (required|failed|unsuccessful|credentials? invalid|is required|rejected|error)",
        r"must (be )?authenticat|bad (username|credentials)",
        r"(username and|invalid|incorrect|wrong) password",
        r"(invalid|incorrect|wrong|bad) (login|credentials|user(name)?/password|api key)",
        r"username or password|issue a starttls|log ?in (denied|required)",
        r"smtp ?clientauthentication is disabled|client was not authenticated|not authenticated",
    ),
    _rule(
        C.PROVIDER_QUOTA,
        r"(sending|message|send|relay|email|outgoing) (limit|quota).{0,24}(exceeded|reached)",
        r"(exceeded|reached).{0,24}(sending|relay|outgoing|submission|daily|monthly) ?(limit|quota)",
        r"(daily|monthly) (relay |message |sending )?(limit|quota)|out of credits?",
        r"insufficient (credit|balance)|credits? (exhausted|exceeded)",
    ),
    _rule(
        C.AUTH_POLICY,
        r"\bdmarc\b|\bdkim\b|\bspf\b|sender policy framework|sender id\b|purported responsible|ptr record",
        r"reverse dns|reverse (lookup|hostname|host name|mapping)|\brdns\b",
        r"unauthenticated (mail|email|sender)|sender (authentication|is unauthenticated)",
        r"not authori[sz]ed to send (mail |email |messages )?(from|for|on behalf)",
        r"invalid ip for sending mail of domain|forward[- ]confirmed",
    ),
    _rule(
        C.SENDER_NOT_VERIFIED,
        r"sender (address |e-?mail )?(has been |was |is )?(rejected|denied|not (verified|allowed|valid|"
        r"authori[sz]ed|permitted|owned)|invalid|verify failed|unverified|unknown|refused)",
        r"(from|return|mail from|envelope) (address|domain|header|identity).{0,30}(not (verified|allowed|"
        r"owned|permitted|match|registered)|unverified|invalid|does not match)",
        r"domain of sender|from: domain|not owned by user|unverified (address|sender|domain|identity)",
        r"send(er)? as (this|denied)|not allowed to send (from|as)|senddenied|sendasdenied",
        r"verify (your|the) (sender|sending domain|from)|sender verify",
        r"sender (domain|identity).{0,30}(not|unverified)|from address is not|domain is not verified",
        r"bogus (mail )?from|invalid (sender|return path|mail from)",
    ),
    _rule(
        C.MESSAGE_TOO_LARGE,
        r"(message|mail|e-?mail|content|data|size|body|header)s? (size )?.{0,24}(too (large|big|long)|"
        r"exceed\w*.{0,24}(size|limit|maximum|max)|larger than)",
        r"size (limit|exceed)|exceeds? (the )?(fixed |maximum )?(message |mail |permitted |allowed )?size",
        r"max(imum)? (message|mail) size|too large|message length exceeds",
    ),
    _rule(
        C.MAILBOX_FULL,
        r"(mail ?box|inbox|mail ?folder|user|account|recipient|maildir|storage|disk|message store|"
        r"drop).{0,30}(is |was |are )?(full\b|over ?(its |the |their |disk |storage )?quota|"
        r"exceed\w*.{0,20}(quota|storage|size|limit|space|allotted)|out of (space|storage|disk))",
        r"over ?quota|over (its|the|their) (storage|size|disk|mailbox) limit|quota (exceeded|exceed|full|"
        r"violation|reached|is full)",
        r"exceed\w* .{0,30}(storage|quota|disk space)|(disk|storage|space) quota",
        r"insufficient (system )?(storage|disk|space)|not enough (storage|space|disk)",
        r"no (more )?(space|storage|room)|out of (disk )?space|mailbox size|boite (aux lettres )?pleine",
        r"postfach (ist )?voll|casella piena|buzon lleno|maximum (number of )?messages stored",
        r"can't create output|full mailbox",
    ),
    _rule(
        C.BAD_DOMAIN,
        r"(domain|host)( name)?( \S+)? ?(not found|does not exist|unknown|is (invalid|unknown)|"
        r"doesn.t exist|has no (mx|mail)|not known|cannot be (found|resolved)|could not be (found|resolved))",
        r"(unknown|no such|invalid|non-?existent|unrouteable|bad) (domain|host|destination (system|host|domain))",
        r"nxdomain|null mx|does not accept (any )?(e-?mail|mail)|no mx|bad destination system",
        r"domain (isn.t|is not) (hosted|local|known)|name or service not known",
    ),
    _rule(
        C.INVALID_RECIPIENT,
        r"no such (user|recipient|mailbox|account|address|person|e-?mail|local|member|customer|domain user)",
        r"WHO( name| address| id)? .{0,40}BAD",
        r"(unknown|invalid|nonexistent|non-existent|bad|undefined|unrouteable|unrouted|illegal|"
        r"incorrect) (local |destination |virtual |final )?(user|recipient|mailbox|address|addressee|"
        r"account|alias|rcpt|e-?mail address|local[- ]part)",
        r"user not local|^#?(5\.1\.0 )?address rejected|user ?unknown|unknown ?user|nosuchuser",
        r"mailbox (unavailable|not (found|available)).{0,12}(no such|unknown|not exist)",
        r"not a (valid|known|registered|local|gateway) (user|mailbox|recipient|address|account|gateway)",
        r"is not a (valid |known |registered )?(gateway )?(mailbox|user|recipient|account|address)",
        r"no (mailbox|account|user|recipient|one) (here |found )?(by|with|called|named|for) (that|this)",
        r"doesn.t (have|handle) (a|an|mail) .{0,20}account|does not have an? .{0,24}account",
        r"this user doesn.t have|address (was )?(not found|does not exist|unknown)",
        r"not listed in .{0,30}(directory|domino)|user .{0,60}not listed",
        r"(recipient|user|mailbox|address|rcpt|account) (\S+ )?(not (found|known|exist|here|in)|unknown|"
        r"is unknown|does not exist)",
        r"all recipients? (addresses )?(were )?(invalid|unknown)|not our user|no valid recipients?",
        r"unable to find (the )?(user|recipient|mailbox)|recipient (is )?(not valid|invalid)",
        r"not one of our|adresse (d.au moins un |du )?destinataire (est )?(inconnue?|invalide)",
        r"empf.nger (ist )?unbekannt|destinatario (sconosciuto|desconocido)",
        r"usuario (desconocido|no existe)|utente sconosciuto|benutzer unbekannt|unknown local[- ]part",
        r"local[- ]part .{0,20}(unknown|not found)|not exist\b",
    ),
    _rule(
        C.INACTIVE_MAILBOX,
        r"WHO .{0,40}(disabled|suspended|inactive|deactivated|closed|locked|expired|terminated|discontinued|"
        r"blocked due to inactivity|not active|not accepting|frozen|cancel+ed|deleted|removed|on hold|"
        r"retired|dormant|abandoned)",
        r"(disabled|suspended|inactive|deactivated|closed|expired|deleted|terminated|"
        r"dormant) ((e-?)?mail ?)?(user|recipient|mailbox|account|address)",
        r"no longer (accept|in use|active|receives?|with|works|employed)",
        r"account (is |has been )?(disabled|suspended|inactive|closed)",
        r"mailbox (is )?(disabled|inactive|suspended|unused)|recipient no longer|rrvs|user (is )?inactive",
        r"left the company",
    ),
    _rule(
        C.THROTTLE,
        r"too many (messages|mails|e-?mails|recipients|requests|errors|commands|attempts|unknown|bad|invalid|rcpt)",
        r"too (fast|quickly|frequent|much mail|much e-?mail)|rate[- ]?limit|ratelimit",
        r"rate (control|exceed|of|is)|exceeded.{0,24}(rate|limit|maximum|threshold|allowed|number)",
        r"(limit|threshold|rate|volume)s? (has been |was |is )?(exceeded|reached)|slow(ing)? down|throttl",
        r"temporarily (deferred|rate|limited|throttled|over)",
        r"(server|system|service|resources?|host) (is |are )?(too |currently |temporarily )?(busy|"
        r"overloaded|under (heavy )?load|high load)",
        r"sending too|deferred due to|flood|excessive (volume|mail|number)|unusual (volume|traffic)",
        r"reduce your|over ?load|high volume|try (again )?(later|in).{0,12}(limit|rate)|back ?off",
        r"mail(s)? per (connection|session|minute|hour)|per[- ](hour|minute|second|day) (limit|maximum)",
        r"this (hour|minute)",
    ),
    _rule(
        C.SPAM_CONTENT,
        r"\bspam(my)?\b(?!haus|cop)(?!.{0,24}(list|rbl|dnsbl|source|incident))|\bube\b|\buce\b|unsolicited",
        r"content (was )?(rejected|denied|refused|blocked|filter|policy|restriction|not allowed|unacceptable)",
        r"(message|mail|e-?mail) (was )?(content|contents|contains?|body)",
        r"message (was )?(rejected|refused|blocked|classified|identified|looks|scored|filtered)( |\.|"
        r"$)(?!.*(reputation|blacklist|block ?list|rbl|client host|policy))",
        r"virus|malware|phish|malicious|trojan|infected|suspicious (content|link|url|attachment)",
        r"banned (content|file|attachment)",
        r"(attachment|file)s? (type )?.{0,24}(not allowed|blocked|rejected|prohibited|banned)|url ?bl",
        r"surbl|uribl|bad (links?|urls?)|high (spam )?score|rejected as (spam|bulk|junk)|junk|bayes",
        r"spamassassin|profanity|bulk mail",
    ),
    _rule(
        C.BLOCK_REPUTATION,
        r"black ?-?list|block ?-?list|deny ?-?list|\brbl\b|\bdnsbl\b|\bdbl\b|\bxbl\b|\bsbl\b|\bpbl\b",
        r"spamhaus|spamcop|barracuda(central)?|sorbs|senderscore|sender ?base|cloudmark|proofpoint dynamic",
        r"reputation",
        r"(ip|ip address|host|client|server|network)( \S+){0,4} (is |was |has been |are )?(black|block|"
        r"ban+ed|deny|denied|listed|not (allowed|accepted|welcome|permitted)|rejected|refused)",
        r"blocked (using|by|for|due|because|from|at)|listed (at|by|in|on)|banned|bloquee?",
        r"mail from .{0,40}(blocked|refused)|blocked\b|blocklisted|policy reasons? .{0,20}ip|poor",
        r"bad (sending )?(ip|host)|network not allowed|open relay|dynamic (ip|address|host|pool)",
        r"generic (hostname|rdns)|residential|smtp server of your isp|use your isp|consumer (ip|broadband)",
    ),
    _rule(
        C.INACTIVE_MAILBOX,
        r"\b(disabled|suspended|inactive|deactivated)\b",
    ),
    _rule(
        C.NETWORK,
        r"dns (error|failure|lookup|timeout|temporar)|temporary (lookup|dns|name resolution|resolution)",
        r"time(d)? ?out|timeout|connection (refused|reset|lost|closed|dropped|timed|failed|error)",
        r"network (is )?(unreachable|error)|no route to host|host (is )?(unreachable|down)",
        r"tls (handshake|negotiation|not available|error|failed)|ssl (error|handshake)|certificate",
        r"could not (connect|load drd)|unable to (connect|resolve)|servfail|name server|lookup failure",
        r"relay not responding",
    ),
    _rule(
        C.PROVIDER_QUOTA,
        r"\bquota\b",
    ),
    _rule(
        C.GREYLIST,
        r"temporarily (rejected|unavailable|blocked|refused)?.{0,20}try again (later )?(in|after)",
    ),
    _rule(
        C.SPAM_CONTENT,
        r"(message|mail|e-?mail|transaction) (was )?(rejected|refused|not accepted) .{0,16}polic|\bspam\b",
    ),
    _rule(
        C.THROTTLE,
        r"temporarily deferred|high load|try (again )?later due to|service refused.{0,24}try (again )?later",
        r"essayer plus tard|currently (busy|overloaded)|deferred",
    ),
)

# What is left when neither words nor enhanced code tell.
BASIC: dict[int, Category] = {
    452: C.MAILBOX_FULL,
    552: C.MAILBOX_FULL,
    556: C.BAD_DOMAIN,
}
