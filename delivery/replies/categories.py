"""What a reply can be about, and in which words a person reads it."""

from enum import StrEnum


class Stage(StrEnum):
    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"  # from 354 to the reply to the final dot


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


# Against the person for good. A domain may take no mail by a passing mistake, so that alone suppresses nobody at once.
DEAD = frozenset({Category.INVALID_RECIPIENT, Category.INACTIVE_MAILBOX})
HARD = DEAD | {Category.BAD_DOMAIN}
BLOCKED = frozenset({Category.SPAM_CONTENT, Category.BLOCK_REPUTATION})

C = Category
WORDS: dict[Category, str] = {
    C.INVALID_RECIPIENT: "The address does not exist.",
    C.BAD_DOMAIN: "The domain of the address takes no mail.",
    C.INACTIVE_MAILBOX: "The mailbox is closed.",
    C.MAILBOX_FULL: "The mailbox is full.",
    C.MESSAGE_TOO_LARGE: "The server refuses messages of this size.",
    C.GREYLIST: "The server asks to come back in some minutes.",
    C.THROTTLE: "The server asks us to slow down.",
    C.CONN_LIMIT: "The server takes fewer connections at a time.",
    C.BLOCK_REPUTATION: "The server blocks the sending address for its reputation.",
    C.SPAM_CONTENT: "The server takes the content for spam.",
    C.AUTH_POLICY: "SPF, DKIM, DMARC or reverse DNS of the sender do not satisfy the server.",
    C.PROVIDER_AUTH: "The provider refused the user name or password, or closed the account.",
    C.PROVIDER_QUOTA: "The provider's sending limit is used up.",
    C.RELAY_DENIED: "The provider does not carry mail for this sender.",
    C.SENDER_NOT_VERIFIED: "The provider does not accept this sender address.",
    C.SMTPUTF8: "The provider cannot carry addresses with international characters.",
    C.NETWORK: "The connection failed.",
    C.PROTOCOL: "The server did not speak the protocol as expected.",
    C.EXPIRED: "It could not be delivered in time.",
    C.COMPLAINT: "The person marked it as spam.",
    C.UNKNOWN: "The server gave a reason we do not know.",
}
