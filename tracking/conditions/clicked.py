"""Who clicked a link, and when last."""

from tracking.conditions.latest import Latest


class Clicked(Latest):
    key = "clicked"
    label = "Clicked"
    column = "last_clicked_at"
    did = "clicked a link"
    did_not = "clicked no link"
    missing = "Who got no mail, or was not counted because of no consent, has not clicked here."
