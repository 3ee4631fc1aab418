"""Providers whose words or numbers mean something of their own, whatever the enhanced code says.

Patterns see the whole reply with its codes in front. Only what no other server would say belongs here.
"""

from delivery.replies.categories import Category
from delivery.replies.rules import Rule, rule

C = Category

PROVIDERS: tuple[Rule, ...] = (
    # Amazon SES: one code for the day's quota and for the second's rate
    rule(C.PROVIDER_QUOTA, r"daily message quota exceeded"),
    rule(C.THROTTLE, r"maximum sending rate exceeded|throttling failure"),
    rule(C.SENDER_NOT_VERIFIED, r"email address is not verified|identities failed the check"),
    # SendGrid, Mailgun, Postmark, SparkPost, Brevo, cPanel hosts
    rule(C.PROVIDER_QUOTA, r"maximum credits exceeded|has exceeded the max (emails|defers and failures) per hour"),
    rule(C.SENDER_NOT_VERIFIED, r"unconfigured sending domain|sender signature|verified sender identity"),
    rule(C.RELAY_DENIED, r"(sandbox (sub)?domains?|free accounts) (is|are) for test|account is pending approval"),
    rule(C.PROVIDER_AUTH, r"unauthenticated senders? not allowed|unauthorized ip address"),
    # Microsoft
    rule(C.INVALID_RECIPIENT, r"\b5\.4\.1 .*recipient address(es)? rejected ?:? ?access denied"),
    rule(C.INVALID_RECIPIENT, r"resolver\.adr\.(ex|smtp)?(recip(ient)?notfound|invalid)"),
    rule(C.PROVIDER_QUOTA, r"submissionquotaexceeded"),
    rule(C.MAILBOX_FULL, r"storedrv\.deliver.*quotaexceeded"),
    rule(C.THROTTLE, r"storedrv\.deliver.*(thread limit|concurrent)|pfa agent busy|\bs77\d\b|\bs3114\b|\brp-00\d\b"),
    rule(C.SENDER_NOT_VERIFIED, r"sendasdenied"),
    # A group that takes mail from its own people only, or a rule of theirs: nobody is dead, no login at fault
    rule(C.UNKNOWN, r"resolver\.rst\.(?!recipsize)|transport\.rules\."),
    rule(C.BLOCK_REPUTATION, r"\bs3(140|150)\b|\bsc-00[1-4]\b|\bdy-00[12]\b|\bou-00[12]\b"),
    # Gmail
    rule(C.INVALID_RECIPIENT, r"p=nosuchuser|\banswer=6596\b"),
    rule(C.INACTIVE_MAILBOX, r"p=(disableduser|accountdisabled)"),
    rule(C.MAILBOX_FULL, r"p=overquota"),
    rule(C.THROTTLE, r"p=receivingrate|peak smtp relay"),
    # Yahoo, AOL
    rule(C.INACTIVE_MAILBOX, r"delivery error: dd .*(disabled|discontinued)|\(554\.30\)"),
    rule(
        C.INVALID_RECIPIENT,
        r"delivery error: dd .*(this user doesn't have|mailbox unavailable|no such|no longer valid)",
    ),
    rule(C.BLOCK_REPUTATION, r"^5.*\[tss?\d\d\]|\[bl\d\d\]|\b(rtr:(bl|sc|bb|du)|con:b1|rly:b[l\d])\b"),
    rule(C.THROTTLE, r"\[(ip)?tss?\d\d\]|\bvs1-(ip|mf)\b|\bdyn:t\d"),
    rule(C.AUTH_POLICY, r"\(au0\d\)|\brtr:rd\b"),
    rule(C.SPAM_CONTENT, r"\bhvu:b\d"),
    # iCloud
    rule(C.THROTTLE, r"\[hcm\d\]|\[bs0?\d\]"),
    rule(C.SPAM_CONTENT, r"\[cs01\]"),
    rule(C.BLOCK_REPUTATION, r"\[hm0\d\]"),
    # Orange, La Poste
    rule(C.INVALID_RECIPIENT, r"\b(ofr|lpn)\d*_416\b"),
    rule(C.INACTIVE_MAILBOX, r"\b(ofr|lpn)\d*_426\b"),
    rule(C.CONN_LIMIT, r"\b(ofr|lpn)00[47]_104\b"),
    # Numbers from 400 on speak of the mailbox or the mail, whatever the machine before the stroke
    rule(C.THROTTLE, r"\b(ofr|lpn)00[47]_(?!4\d\d)\d|\bofr_999\b"),
    rule(C.BLOCK_REPUTATION, r"\b(ofr|lpn)00[56]_(?!4\d\d)\d"),
    # Facebook
    rule(C.UNKNOWN, r"\brcp-p2\b"),
    rule(C.SPAM_CONTENT, r"\bofr_(403|506)\b"),
    # Comcast, Cox, Charter, GoDaddy
    rule(C.THROTTLE, r"\brl0000\d\d|\bib60\d\b"),
    rule(C.CONN_LIMIT, r"\bib007\b"),
    rule(C.BLOCK_REPUTATION, r"\bbl0000\d\d|\bib1\d\d\b|\baup#"),
    # NetEase, QQ
    rule(C.CONN_LIMIT, r"\bhl:icc\b"),
    rule(C.GREYLIST, r"^4.*\bdt:spm\b"),
    rule(C.SPAM_CONTENT, r"\bdt:spm\b"),
    rule(C.BLOCK_REPUTATION, r"\b(hl:(ipb|rep)|dt:rbl|wm:bl[iu])\b"),
    rule(C.THROTTLE, r"\b(hl:(ifc|mep)|(mi|rp):[a-z]{3})\b|\bfrequency limited\b"),
    rule(C.UNKNOWN, r"mailbox unavailable or access denied"),
    # Lists that a link names
    rule(C.BLOCK_REPUTATION, r"https?://[^\s/]*\b(spamhaus|spamcop|sorbs|barracudacentral|uceprotect|abuseat)\b"),
    # Lists named by their hosts alone; the words that remain without hosts say nothing
    rule(C.SPAM_CONTENT, r"\b(in|on|by|using|via) (the )?([\w-]+\.)*(surbl|uribl)\.[a-z]+"),
    rule(
        C.BLOCK_REPUTATION,
        r"\b(in|on|by|using|via|against) (the )?([\w-]+\.)*([\w-]*dns[bx]l[\w-]*|([rx]|[sp]s?)?bl|zen|dul|truncate|"
        r"hostkarma|spamhaus|spamcop|sorbs|uceprotect|abuseat|barracudacentral|mailspike|gbudb|spamrats)\.([\w-]+\.)*[a-z]{2,}",
    ),
    # Amavis, Zoho
    rule(C.SPAM_CONTENT, r"mailpolicy violation|\breject, id=[\w-]+ - "),
    # T-Online, Mimecast, Cloudmark, OpenSPF
    rule(C.BLOCK_REPUTATION, r"ask your postmaster for help or to contact|csi\.(cloudmark\.com|mimecast\.org)"),
    rule(C.GREYLIST, r"internal resources? (is |are )?temporarily unavailable"),
    rule(C.SPAM_CONTENT, r"mcspamsignature"),
    rule(C.AUTH_POLICY, r"openspf\.(org|net)"),
)
