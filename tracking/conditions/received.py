"""Who got a mail, and when last."""

from tracking.conditions.latest import Latest


class Received(Latest):
    key = "received"
    label = "Got a mail"
    column = "last_sent_at"
    did = "got a mail"
    did_not = "got no mail"
    missing = "Who never got one is among those who “got no mail”, however new they are."
