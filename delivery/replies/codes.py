"""What enhanced codes (RFC 3463, the IANA registry, and what large providers made of them) and basic codes mean."""

from delivery.replies.categories import Category

C = Category

# A key with the class ("4.7.28") goes before one without ("7.28"). Codes that are given for anything (5.7.1, 5.1.0)
# are not here.
ENHANCED: dict[str, Category] = {
    "1.1": C.INVALID_RECIPIENT,
    "1.2": C.INVALID_RECIPIENT,
    "1.3": C.INVALID_RECIPIENT,
    "1.6": C.INVALID_RECIPIENT,
    "1.7": C.SENDER_NOT_VERIFIED,
    "1.8": C.SENDER_NOT_VERIFIED,
    "1.10": C.BAD_DOMAIN,
    "1.90": C.PROVIDER_QUOTA,
    "2.1": C.INACTIVE_MAILBOX,
    "2.2": C.MAILBOX_FULL,
    "2.3": C.MESSAGE_TOO_LARGE,
    "2.121": C.THROTTLE,
    "2.122": C.THROTTLE,
    "3.4": C.MESSAGE_TOO_LARGE,
    "5.4.5": C.PROVIDER_QUOTA,  # Gmail; elsewhere congestion
    "4.7": C.EXPIRED,
    "4.300": C.EXPIRED,
    "4.310": C.BAD_DOMAIN,
    **dict.fromkeys([f"4.{n}" for n in (1, 2, 3, 4, 5, 6, *range(311, 320))], C.NETWORK),
    "5.3": C.THROTTLE,
    **dict.fromkeys([f"6.{n}" for n in (0, 1, 2, 3, 6, 211)], C.SPAM_CONTENT),
    "6.7": C.SMTPUTF8,
    "6.9": C.SMTPUTF8,
    "5.7.5": C.AUTH_POLICY,
    "7.8": C.PROVIDER_AUTH,
    "7.12": C.PROVIDER_AUTH,
    "7.13": C.INACTIVE_MAILBOX,
    "7.17": C.INACTIVE_MAILBOX,
    **dict.fromkeys([f"7.{n}" for n in (20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 31, 32)], C.AUTH_POLICY),
    "4.7.5": C.NETWORK,
    "4.7.28": C.THROTTLE,
    "5.7.28": C.BLOCK_REPUTATION,
    "7.38": C.THROTTLE,
    # Microsoft
    "7.54": C.RELAY_DENIED,
    "7.57": C.PROVIDER_AUTH,
    "7.60": C.SENDER_NOT_VERIFIED,
    "7.64": C.RELAY_DENIED,
    "7.139": C.PROVIDER_AUTH,
    **dict.fromkeys([f"4.7.{n}" for n in range(500, 800)], C.THROTTLE),
    **dict.fromkeys([f"5.7.{n}" for n in (501, 502, 503, 511, 708, *range(606, 650))], C.BLOCK_REPUTATION),
    "5.7.508": C.THROTTLE,
    "5.7.509": C.AUTH_POLICY,
    "5.7.512": C.SPAM_CONTENT,
    "5.7.515": C.AUTH_POLICY,
    "5.7.520": C.SPAM_CONTENT,
    **dict.fromkeys(["5.7.232", "5.7.233", "5.7.705"], C.PROVIDER_QUOTA),
    "5.7.750": C.SENDER_NOT_VERIFIED,
}

# Servers give these codes out too freely: clear words say more.
YIELDING = frozenset(
    {C.INVALID_RECIPIENT, C.INACTIVE_MAILBOX, C.BAD_DOMAIN, C.NETWORK, C.SPAM_CONTENT, C.SENDER_NOT_VERIFIED}
)

# When neither words nor enhanced code tell. A key with the enhanced code's rest goes before one without.
BASIC: dict[str, Category] = {
    "421 3.2": C.CONN_LIMIT,
    "452": C.MAILBOX_FULL,
    "552": C.MAILBOX_FULL,
    "556": C.BAD_DOMAIN,
}
