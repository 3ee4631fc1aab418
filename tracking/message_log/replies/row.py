"""One reply, as the log shows it."""

from dataclasses import dataclass
from datetime import datetime

from delivery.policy import mailbox_providers
from delivery.replies import Stage
from tracking.message_log import wording

_SHOWN = {
    "retry": ("wait", "Deferred"),
    "refused": ("bad", "Refused"),
    "uncertain": ("warn", "May have arrived"),
    "accepted": ("good", "Accepted"),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """`text` is the server's own, hostile text. `number` is that of the try, or of the accepted message."""

    number: int
    message_id: int
    email: str
    batch_id: int
    at: datetime | None
    decision: str
    stage: str
    code: int | None
    enhanced: str
    text: str
    category: str
    provider_id: int | None

    @property
    def kind(self) -> str:
        return _SHOWN[self.decision][0]

    @property
    def label(self) -> str:
        return _SHOWN[self.decision][1]

    @property
    def why(self) -> str:
        return wording.reason(self.category)

    @property
    def stage_words(self) -> str:
        return wording.STAGES.get(self.stage, "") if self.stage in list(Stage) else ""

    @property
    def code_words(self) -> str:
        return " ".join(filter(None, [str(self.code or ""), self.enhanced]))

    @property
    def mailbox(self) -> str:
        """By the address alone, which needs no further look into the database."""
        return mailbox_providers.IN_WORDS[mailbox_providers.lane(self.email)]
