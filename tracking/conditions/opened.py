"""Who opened a mail, and when last: an estimate, as programs open mail, too."""

from tracking.conditions.latest import Latest


class Opened(Latest):
    key = "opened"
    label = "Opened (an estimate)"
    column = "last_opened_at"
    did = "opened a mail"
    did_not = "opened no mail"
    missing = "Who got no mail, or was not counted because of no consent, has not opened here."
