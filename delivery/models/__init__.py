from delivery.alerts.models import Alert, AlertMail
from delivery.domains.delivered.models import DomainMail
from delivery.domains.dmarc_reports.models import DmarcCount, DmarcReport, DmarcSource, SourceName
from delivery.domains.link_hosts.models import LinkHost
from delivery.domains.models import DomainLink, SendingDomain, SigningKey
from delivery.models.feedback import Feedback, FeedbackCount, FeedbackEvent, FeedbackHour, LaneDay, Returned, Term
from delivery.models.ledger import (
    Attempt,
    Batch,
    Chunk,
    Failure,
    Message,
    MessageState,
    MinuteCount,
    Proof,
    Turn,
    Version,
    Waiting,
)
from delivery.models.listener import ReturnListener
from delivery.models.mailboxes import KnownMail, ReturnMailbox
from delivery.models.pacing import LanePace, MailDomain, ProviderHour, RetryMinute
from delivery.models.providers import Breaker, Provider
from delivery.models.routes import Route
from delivery.models.sandbox import SandboxMail
from delivery.models.warmup import WarmupDay, WarmupPlan
from delivery.models.webhooks import ProviderSuppression, Webhook
from delivery.oauth.models import OAuthLogin
from delivery.reputation.models import AskedBlocklist, DomainListing, MailboxFigure, SendingAddress
from delivery.sandbox.api.models import SandboxKey
from delivery.sandbox.mailboxes.models import SandboxLogin, SandboxMailbox
from delivery.sandbox.rehearsing.models import SandboxRelay
from delivery.sandbox.simulating.models import SandboxRule

__all__ = [
    "Alert",
    "AlertMail",
    "AskedBlocklist",
    "Attempt",
    "Batch",
    "Breaker",
    "Chunk",
    "DmarcCount",
    "DmarcReport",
    "DmarcSource",
    "DomainLink",
    "DomainListing",
    "DomainMail",
    "Failure",
    "Feedback",
    "FeedbackCount",
    "FeedbackEvent",
    "FeedbackHour",
    "KnownMail",
    "LaneDay",
    "LanePace",
    "LinkHost",
    "MailDomain",
    "MailboxFigure",
    "Message",
    "MessageState",
    "MinuteCount",
    "OAuthLogin",
    "Proof",
    "Provider",
    "ProviderHour",
    "ProviderSuppression",
    "RetryMinute",
    "ReturnListener",
    "ReturnMailbox",
    "Returned",
    "Route",
    "SandboxKey",
    "SandboxLogin",
    "SandboxMail",
    "SandboxMailbox",
    "SandboxRelay",
    "SandboxRule",
    "SendingAddress",
    "SendingDomain",
    "SigningKey",
    "SourceName",
    "Term",
    "Turn",
    "Version",
    "Waiting",
    "WarmupDay",
    "WarmupPlan",
    "Webhook",
]
