"""What servers say in English, in the order in which it is tried.

What speaks of us (list, login, relaying, sender) comes before what speaks of a person: a server that gives both is
meant to keep us out, and nobody's address is dead for it.
"""

from delivery.replies.categories import Category
from delivery.replies.rules import Rule, rule

C = Category

# Phrases that leave no doubt, and say more than most codes.
SURE: tuple[Rule, ...] = (
    rule(C.GREYLIST, r"gr[ae]y-?\s?list", r"first[- ]time sender", r"verification (is )?in progress"),
    rule(
        C.SMTPUTF8,
        r"smtputf8|7-?bit ascii|internationali[sz]ed (e-?mail )?address|non-ascii|\beai\b.{0,20}not",
    ),
    # Exim's last word on a full mailbox of its own; a full one elsewhere says so by its code
    rule(C.MAILBOX_FULL, r"(\bfull|over ?quota|quota (is )?exceeded)\b[^.]{0,60}\bretry time(out)? exceeded"),
    rule(C.EXPIRED, r"(delivery time|message|retry time(out)?) (has |was )?(expired|exceeded)"),
    rule(
        C.NETWORK,
        r"(connection|operation|session|lookup|callout|server|host|query) timed? ?-?out",
        r"timed out (while|waiting|during)",
        r"connection (was )?(refused by|reset|lost|broken)|lost connection|connection with .{0,40}(is )?broken",
        r"read error from",
        r"(connection refused|no route to host|network (is )?unreachable)\W*$",
        r"(host|domain) is (unreachable|not reachable|down)\b",
        r"servfail|failing for a long time|temporary (lookup|dns|name resolution|resolution)",
        r"(dns|lookup|resolution).{0,24}(temporar|tim(ed?|e-?) ?out)",
        r"(?<!reverse )(dns|name ?server|name service) (query |lookup )?(error|failure|failed|"
        r"timeout)(?!.*host not found\W*$)",
        r"host ?name lookup fail|(host|domain) (name )?not found,? (please )?try again",
        r"lookup (did not|failed to) complete",
        r"tls (handshake|negotiation|not available|error|failed)|ssl (error|handshake)",
        r"certificate (\w+ ){0,3}(verify|trusted|expired|failed)",
    ),
    rule(
        C.AUTH_POLICY,
        r"\bdmarc\b|\bdkim\b|domainkeys|\bspf\b|sender policy framework|purported responsible|dmarcrejection|spoof",
        r"\bptr\b|reverse[- ](dns|lookup|host ?name|mapping|name|address)|\brdns\b|forward[- ]confirmed",
        r"(?<!relaying denied\. )ip name (lookup|possibly|forged)|cannot resolve your",
        r"cannot find your (reverse )?host ?name",
        r"unauthenticated (mail|e-?mail|message)|sender is unauthenticated|required authentication level",
        r"\b(helo|ehlo)\b.{0,24}(rejected|invalid|not |denied|refused)|(invalid|bad) (helo|ehlo)",
        r"invalid ip for sending mail of domain|mis-?match\w* (the )?client ip|ipv6 sending guidelines",
    ),
    rule(
        C.SENDER_NOT_VERIFIED,
        r"sender (e-?mail )?(address )?((has been|was|is) )?(rejected|denied|refused|unverified|unknown|invalid|forged|"
        r"not (verified|allowed to send|valid|authori[sz]ed|permitted|owned|accepted|in my|found))",
        r"sender (id |identity |domain |e-?mail )(address )?(is )?(not|un|must|resolve|lookup)",
        r"sender (callout|callback)|verify (your|the) (sender|sending domain|from)|sender verif(y|ication)",
        r"(unable|failed|could not|cannot) (to )?verify (the )?sender|verify mail ?from failed|domain of (the )?sender",
        r"(from|return|return-?path|mail ?from|envelope[- ]from|5322\.from|sender)(: | )?(address|domain|"
        r"header|identity).{0,30}(not |un(verified|known)|invalid|mis-?match|must)",
        r"mail ?from (?!((your|this|the|a|dynamic) )?(network|server|host|client|ip|isp|country|region)\b)"
        r".{0,20}(mis-?match|must (be|equal)|not )|must (equal|be (the )?same as) authori",
        r"not owned by user|envelope[- ]sender domain",
        r"(?<!recipient address rejected: )unverified (address|sender|domain|identity)",
        r"send(er)? as (this|denied)",
        r"not (allowed|authori[sz]ed|permitted) to send (mail |e-?mail |messages )?(from|as|on behalf)",
        r"(bogus|invalid|illegal|malformed) (mail ?from|sender|return[- ]path|from (address|domain|header))",
        r"(unroute?able|unrouted|undeliverable|unresolvable|unverifiable|unrecogni[sz]ed|nonexistent|unknown|bad|wrong|"
        r"incorrect|no such) (envelope |mail )?(sender|originator|return[- ]path|from)(?! server)"
        r"( (e-?mail )?(address|domain|host)|\W*$)",
        r"(sender|originator|return[- ]path|from)('s)? (e-?mail )?(address |domain |host )?(is |was |could |can ?)?"
        r"(not |un)(be )?(resolv|rout|deliver)",
        # The words of a dead mailbox, said of the sender's
        r"(sender|originator|reverse[- ]path|return[- ]path)('s)? (e-?mail )?(WHO )?(\S+ )?BAD",
        r"WHO of (the |this )?(sender|originator) (\S+ )?BAD|(find|locate|verify) (the )?(sender|originator)\b",
        r"in (the )?(sender|originator|reverse|return)[- ](address|path)|(user|mailbox|address) unknown: sender\b",
        r"domain is not (verified|allowed to send)|from: domain is invalid",
        r"in (the )?(from|sender|reply-to):? (header|field)|header from|bad (outbound )?sender",
        r"sender address syntax|bad ?mail ?from|for sender (address|domain)|required for sender\b",
        r"(unqualified|empty|unauthori[sz]ed|non-existent) (envelope )?sender",
        r"sender( \w+)? (is )?(empty|required|not pre)",
    ),
    rule(
        C.RELAY_DENIED,
        r"(?<!open )relay(ing)?( access| mail| to( this)?| is| was| from){0,3} ?(denied|not (permitted|allowed|"
        r"authori[sz]ed)|prohibited|disallowed|forbidden|blocked|rejected|attempt)",
        r"relaying to .{0,20}(prohibited|denied)|relaying$|unauthori[sz]ed relay|unable to relay",
        r"(not|n't|never) (currently )?(permitted|allowed|authori[sz]ed) to relay",
        r"(do(es)?( not|n'?t)|cannot|can'?t|won'?t|refus\w+ to|will not) relay|not a(n open)? relay|as a relay\b",
        r"not configured to relay|no relaying",
        r"(isn'?t|is not|not) in my list of allowed|rcpt ?hosts|non-accepted domain|not a gateway|local user only",
        r"authentication when attempting to send to a non-local",
    ),
    rule(
        C.PROVIDER_AUTH,
        r"auth(entication|ori[sz]ation)? (is )?(required|failed|unsuccessful|rejected|error|credentials? invalid)",
        r"must (be )?(authenticate|log)|send auth|(username and|invalid|incorrect|wrong|bad) password",
        r"(invalid|incorrect|wrong|bad) (login|credentials|user ?name ?/ ?password|username|api key)",
        r"username or password",
        r"issue a starttls|log ?in (denied|required)|smtp ?clientauthentication is disabled",
        r"(client|user|session) (was |is )?not (been )?authenticated|not authori[sz]ed to perform",
        r"authenticated user is not authori[sz]ed|activate your ([\w-]+ ){0,2}account",
        r"password (has |is )?(expired|invalid|incorrect|wrong)",
        r"your ([\w-]+ ){0,2}account (has been |is |was )?([\w-]+ )?(disabled|suspended|deactivated|blocked|"
        r"locked|closed|"
        r"restricted|terminated|inactive|expired|on hold|under review|not (yet )?(active|activated|enabled|allowed))",
        r"sending (\w+ ){0,2}(for|from|by|of) (this|your|the) (account|user|domain).{0,16}(disabled|paused|"
        r"suspended|blocked)",
        r"sending (privileges (have been )?|is |has been |was )?(paused|suspended|disabled)|sender('s)? account",
    ),
    rule(
        C.PROVIDER_QUOTA,
        r"(sending|relay|outgoing|submission|daily|monthly|hourly|plan|account)( \w+){0,2} (limit|quota)s?"
        r".{0,24}(exceeded|reached|used up|over)",
        r"(exceeded|reached|over)( [\w']+){0,4} (sending|relay|outgoing|submission|daily|monthly|hourly)( \w+){0,2} ?"
        r"(limit|quota)",
        r"(insufficient|not enough|out of|no more) (\w+ ){0,2}(credits?|balance)\b",
        r"credits? (exhausted|exceeded|left|used)",
        r"sending (limit|quota)",
    ),
    rule(
        C.UNKNOWN,
        r"envelope blocked|administrative prohibition|(block|refus|reject)ed by (the )?recipient",
        r"(recipient|user)('s)? (preference|setting)s?\b",
        # Of mailing lists: what the mail has to name, and who may write to them
        r"not (found|listed|named|present) in (either )?(the |your )?(to|cc|header)\b",
        r"your (e-?mail )?address (was |is )?not (found|listed)",
    ),
    rule(
        C.SPAM_CONTENT,
        r"surbl|uribl|url ?bl|\burls? .{0,40}(listed|black|block)|(black|block|deny)listed (url|link|uri)",
        r"(likely|detected as|identified as|considered|classified as|looks like|contains?|suspicion of|"
        r"as) (\w+ ){0,2}spam",
        r"spam (message|content|score|scale|pattern|detected|text)|spam(my)? content|spamtext|spamassassin",
        r"(is|be) spam\b",
        r"content (was |is )?(reject|denied|refused|blocked|filter|not allowed|unacceptable)|message content",
        r"likely (unsolicited|suspicious)(?!.*reputation)",
        r"message (that )?(is|was) (unsolicited|suspicious)(?!.*reputation)",
        r"virus|malware|phish|trojan|infected|potential security issue",
        r"(suspicious|malicious) (url|link|content|attachment)",
        r"(attachment|file)s? (type )?.{0,24}(not allowed|blocked|rejected|prohibited|banned)",
        r"banned (content|file|word|ext)",
        r"(invalid|malformed|duplicate|missing) (message )?header|mime[ /](error|reject)|not rfc ?5322|bulk mail",
    ),
    rule(
        C.BLOCK_REPUTATION,
        r"black ?-?list|block ?-?list|deny ?-?list|blocklist|realtime block|\br[bh]l\b|\bdns[bwx]?bls?\b",
        r"\b[dxspc]bl\b|-xbl",
        r"spamhaus|spamcop|barracuda|sorbs|sender ?score|sender ?base|cloudmark|hostkarma|ivmsip|spam source",
        r"reputation|blocked (using|by|at)\b|(?<!not )\blisted (at|by|in|on)\b|banned|_is_blocked|:blocked\)",
        r"network not allowed|open relay|open proxy|dynamic (ip|address|host|pool)|address is dynamic|generic rdns",
        r"not (in|on) (the |our )?(white|allow)list|(smtp|mail) server of your isp|use your isp",
        r"not allowed to (connect|send mail to this server)",
        r"access to (submit messages to )?this (e-?mail |mail )?system has been rejected|intrusion prevention",
        r"\b(your|sending|client|source|connecting) (ip|ip address|host|server|network)( \S+){0,3} (is |was |"
        r"has been )?(block|ban+ed|denied|listed|rejected|refused|not (allowed|welcome))",
        r"spams? from your|bad ip\b|not allowed access from|suspected spam sender|bad sending ip",
        r"identified as spammer|spammer list|(currently|are) sending spam",
        r"(block|reject)\w* .{0,12}geograph",
    ),
    rule(
        C.CONN_LIMIT,
        r"too many (\w+ ){0,3}(connections|sessions)",
        r"(max(imum)?|number of|limit|concurrent|simultaneous)( \w+){0,3} (connections|sessions)(?! per hour)",
        r"connections? (count|limit|rate)|(connections|sessions) (limit|exceeded)",
    ),
    rule(C.THROTTLE, r"(message|sending|mail) rate|rate[- ]?limit|queue quota|messages .{0,24}per (hour|minute|day)"),
    rule(
        C.MAILBOX_FULL,
        r"(mail ?-?box|inbox|mail ?folder|user|account|recipient|member|maildir|storage|disk|message store|drop)('s)?"
        r".{0,30}(full\b|over ?(its |the |their |disk |storage |allowed )*(quota|storage|limit)|"
        r"(exceed\w*|exhausted).{0,24}(quota|storage|size|limit|space|allot)|out of (space|storage|disk)|"
        r"too many messages on|reached (its|the|their) (max\w* )?(size|quota|limit|storage))",
        r"over ?(storage |disk |the allowed )?quota\b|quota (is )?(exceed|full|violation|reached)",
        r"diskspace quota|mailbox_quota|quota overrun|space (has been )?used up|over (the )?storage limit",
        r"mail file size",
        r"(exceed\w*|exhausted) .{0,30}(storage|disk quota|disk space|mailbox)|(disk|disc|storage|mailbox) quota",
        r"insufficient (system |disk )?(storage|disk|space)|not (have )?enough (storage|space|disk)",
        r"space (is )?not enough",
        r"no (more )?(space|storage|room)\b|out of (disk )?space|mailbox size|mailbox limit|messages stored",
        r"full mailbox|error writing message: file too large",
        r"can'?t create output|inode limit",
    ),
    rule(
        C.MESSAGE_TOO_LARGE,
        r"(message|mail|e-?mail|content|data|size|body|file)s? ?(size )?.{0,24}(too (large|big|long)|larger than)",
        r"(message|msg|mail|e-?mail|data|body) ?(size )?(greater than|exceeds?).{0,24}(size|limit|maximum|"
        r"length|databytes|allowed)",
        r"size (limit|exceed)|max(imum)? (message|mail) ?size|exceed\w* (\w+ ){0,3}(message |mail ?)size",
        r"message length exceeds",
    ),
    rule(
        C.THROTTLE,
        r"too many (\w+ ){0,3}(messages|mails|e-?mails|recipients|requests|errors|commands|attempts|unknown|"
        r"bad|invalid|rcpt|login)",
        r"too (fast|quickly|frequent\w*|much mail|much e-?mail)|rate[- ]?(limit|control|exceed)|throttl",
        r"slow(ing)? down",
        r"rate (that|of) .{0,40}(prevents|mail)|(sending|message|mail) rate|messages? per (connection|session)",
        r"harvest|(sending|sent) to (\w+ ){0,3}(unknown|invalid|non-?existe?nt)",
        r"exceed\w* (the )?(maximum )?(number|rate)|(your|our) (\w+ )?rate\b|excessive (volume|mail|number|unknown)",
        r"unusual (volume|traffic|rate)|unexpected volume|user complaints|relay limit exceeded|reduce your|back ?off",
        r"(server|system|service|resources?|host|agent)(\(\w\))? (is |are )?(too |currently |"
        r"temporarily )*(busy|overloaded|under (heavy )?load|high load|unavailable due)",
        r"(due to )?high (load|volume)|(system )?resources? (are )?(temporarily )?(unavailable|exhausted)",
        r"system resources",
        r"temporarily (deferred|throttled|limited)|this (hour|minute)|flood|mail(s)? per (minute|hour)",
        r"per[- ](hour|minute|second|day) (limit|maximum)",
    ),
    rule(
        C.BAD_DOMAIN,
        r"(domain|host)( ?name)?( \S+)? ?(not found|(does|may|do) ?n[o'’]?t exist|unknown|is (invalid|unknown)|"
        r"has (a null|no) mx|not known|cannot be (found|resolved)|could not be (found|resolved)|nonexistent)",
        r"(unknown|no such|invalid|non-?existent|unroute?able|bad) (mail )?(domain(?! user)|host|"
        r"destination (system|host|domain))",
        r"(could ?n[o\']?t|can ?no?\'?t|unable to) (find|resolve|locate) (any |a |the )?(host|domain|mx)\b",
        r"no smtp service",
        r"(recipient|destination) domain must exist|illegal (host|domain)|nxdomain|null ?mx",
        r"^(domain )?does not accept (any )?(e-?mail|mail)|domain( \S+)? does not accept|no mx\b",
        r"domain (isn'?t|is not) (hosted|local|known)|name or service not known",
    ),
    rule(
        C.INVALID_RECIPIENT,
        r"\bno such (domain |local )?(WHO|id)",
        r"\bWHO[^a-z.,;]{0,3}(?!(of|from|in|password|server|list|database|lookup|format)\b)(\S+ )?\W{0,2}BAD",
        r"(unknown|invalid|non-?existent|undefined|unroute?able|unrouted|illegal|incorrect|wrong|bad) "
        r"(or \w+ )?(local |destination |virtual |final |gateway )?WHO(?! (list|or password|credentials|agent|"
        r"count|limit|in (the )?(from|header)))",
        r"\bWHO (is |has )?(been replaced|moved to|not present|not ok|no exist)|address is wrong",
        r"no ?one (at|with|by)|handle mail for|not found in (the |our )?(ldap|directory|database)",
        r"bad ?(rcpt|recipient)to|user ?unknown|unknown ?user|nosuchuser|not one of our",
        r"(?<!you are )(?<!you're )not our (user|customer)|user not (local|a member of domain)",
        r"is not a (valid |known |registered |local |gateway )*WHO(?! of)|not a (valid|known|registered) WHO",
        r"no (such |valid |mail )?(WHO|box) (here |found )?((available )?(by|with|called|named|for) (that|"
        r"this)|found|available)",
        r"(do(es)?n'?t|do(es)? not|did not) (have|handle) (a|an|any) (.{0,24}account|user)",
        r"not listed in .{0,30}(directory|domino|address book)",
        r"not in (the |our )?(address book|directory|recipient list)|^\W*(is )?no longer valid",
        r"WHO .{0,16}not listed|all recipients? (addresses )?(were |are )?(invalid|unknown)",
        r"(unable to|can'?t|cannot|could not) (find|locate) (the |this )?(users?'?s? |"
        r"recipient'?s? )?WHO(?! (database|server|store|list|table))",
        r"lookup .{0,20}map failed",
        r"cannot deliver mail for|address (was )?(not found|misspelled)|validrcptto|account not known",
        r"^\W*does not exist|^\W*(not found|unknown|invalid)\W*$|not an? (active )?(user|address)\b",
        r"(has )?moved with no forwarding",
    ),
    rule(
        C.INACTIVE_MAILBOX,
        r"(?<!your )\bWHO\b[^.;]{0,40}(disabled|suspended|inactiv|de-?activated|(?<!connection )closed|\blocked|"
        r"expired|(?<!un)terminated|discontinued|not (yet )?(active|activated|enabled)|frozen|cancel+ed|deleted|"
        r"removed|on hold|retired|dormant|abandoned)|\bWHO (is |currently )*not accepting",
        r"\b(recipient('s)?|mailbox|inbox|destination)( account| mailbox| address)? (is|has been|was) blocked"
        r"(?! (by|from|for (spam|abuse)))",
        r"(disabled|suspended|inactive|de-?activated|closed|expired|deleted|terminated|dormant|frozen) "
        r"((e-?)?mail |recipient |user )?(WHO|address)",
        r"\bWHO\b[^.;]{0,24}no longer (accept|in (use|service)|active|receives?)",
        r"no longer (with (us|our|the|this)\b|an employee|employed|works? (here|for|at)\b)",
        r"left the (company|organi[sz]ation)",
        r"mail receiving (is )?disabled|is now disabled|rrvs|mailbox (is )?unused|new owner|owner has changed",
    ),
)

# Single words that tell only when nothing clearer was said.
HINTS: tuple[Rule, ...] = (
    rule(
        C.BLOCK_REPUTATION,
        r"(client|mail from|host)( \S+){0,4} (is |was |has been )?(block|ban|denied|rejected|refused|"
        r"not (allowed|accepted|permitted|welcome))",
        r"\bblock(ed|ing)\b|\babus(e|ive)\b|connections? (was )?(rejected|denied|not (allowed|accepted))",
        r"policy reasons? .{0,20}ip",
        r"\bip\b.{0,24}(reject|denied|refused)|\bpoor\b",
    ),
    rule(
        C.SPAM_CONTENT,
        r"\b(anti-?)?spam(?!mer)|junk ?mail|password[- ]protected|\bube\b|\buce\b|unsolicited|bayes|profanity",
        r"policy restrictions|security polic",
        r"(message|mail|e-?mail|data|transaction) (was |has been )?(rejected|refused|filtered|not accepted|"
        r"not allowed|denied)",
    ),
    rule(
        C.THROTTLE,
        r"exceeded|(limit|threshold|volume)s? (is |was |has been )?reached|connection reached|overload|deferred",
        r"try (again )?later due to|service refused|busy",
    ),
    rule(C.GREYLIST, r"(try|retry)( again)? (in|after) (about )?\d+ ?(s|m)|(retry|wait) .{0,20}\d+ (sec|min)"),
    rule(
        C.NETWORK, r"\btime(d)? ?-?out|connection (refused|closed|dropped|timed|failed|error)|lookup fail|\bdns\b|tls\b"
    ),
    rule(C.NETWORK, r"could not (connect|load drd)|unable to (connect|resolve|route)|relay not responding|name server"),
    rule(C.PROVIDER_QUOTA, r"\bquota\b"),
    rule(C.INACTIVE_MAILBOX, r"^\W*(disabled|suspended|inactive|deactivated)\b"),
)
