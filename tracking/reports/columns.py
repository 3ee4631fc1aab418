"""The columns of a report's tables, each with what its numbers mean."""

from collections.abc import Collection

from tracking.reports.definitions import DEFINITIONS

Column = tuple[str, str, str]  # key, label, definition

_ACCEPTED = ("accepted", "Accepted", "The receiving servers took them. What bounced later is still among them.")
_SHARE_OF_DELIVERED = ("share", "Share", "Of the delivered, how many clicked.")
_SHARE_OF_ACCEPTED = ("share", "Share", "Of the accepted, how many clicked: what bounced is not known by language.")
_CLICKED = ("clicked", "Clicked", "People who followed at least one link. Machines are left out.")
_OPENED = (
    "opened",
    "Opened",
    "People whose mail program loaded the pictures, an estimate. Machines are left out.",
)
_UNSUBSCRIBED = ("unsubscribed", "Unsubscribed", DEFINITIONS["unsubscribed"].replace(", out of those delivered", ""))

_COLUMNS: dict[str, tuple[Column, ...]] = {
    "over_time": (
        ("clicked", "Clicked", "People by the time of their first click. Machines are left out."),
        ("opened", "Opened", "People by the time of their first opening, an estimate. Machines are left out."),
        ("unsubscribed", "Unsubscribed", "People by the time at which they left by this mail."),
        ("machine-clicked", "Clicked by machines", DEFINITIONS["machine"]),
        ("machine-opened", "Opened by machines", DEFINITIONS["machine"]),
    ),
    "links": (
        ("people", "People", "Who followed this link at least once. Machines are left out."),
        ("share", "Share", "Of the delivered, how many followed this link."),
        ("total", "Clicks", DEFINITIONS["total"]),
        ("machines", "Machines", DEFINITIONS["machine"]),
    ),
    "mailboxes": (
        _ACCEPTED,
        _CLICKED,
        _SHARE_OF_DELIVERED,
        _OPENED,
        _UNSUBSCRIBED,
        ("refused", "Refused", "Turned away at once and for good."),
        (
            "put-off",
            "Put off",
            "Answers that asked to come again later, several of one mail included. Such mails are tried again.",
        ),
        ("bounced", "Bounced", "Accepted at first and returned later, for good or for now."),
        ("complained", "Marked as spam", "As far as this mailbox provider tells; Gmail names nobody."),
    ),
    "languages": (
        ("people", "People", "To how many the mail was to go in this language."),
        _ACCEPTED,
        _CLICKED,
        _SHARE_OF_ACCEPTED,
        _OPENED,
        _UNSUBSCRIBED,
    ),
    "machines": (
        ("opened", "Mails opened", "Mails whose pictures it loaded, each under what gave it away first."),
        (
            "clicked",
            "Mails clicked in",
            "Mails in which it followed a link, each under what gave it away first.",
        ),
        ("times", "Times", "Every picture it loaded and every link it followed, however often in the same mail."),
    ),
    "returned": (
        ("people", "People", "Of the accepted. Each stands in one line, by the gravest word that came back."),
        ("share", "Share", "Of the accepted."),
    ),
    "reasons": (("people", "People", "Whose mail came back for this reason, each with the last word on it."),),
    "conversions": (
        ("reached", "Reached", "How often your site told of it. An order counts once, and not if it was taken back."),
        ("mails", "Mails", "By how many mails it was reached at least once."),
        ("share", "Of who clicked", "Mails by which it was reached, out of people who clicked."),
        ("refunds", "Refunds", "Orders of which something or all was taken back, and how much."),
        ("worth", "Worth", "What your site said it was worth, without refunds."),
        ("a-thousand", "A thousand mails", "Worth by a thousand delivered mails: compares mails to few and to many."),
    ),
}


def of_tables(*, without: Collection[str] = ()) -> dict[str, list[Column]]:
    """By table; `without` the columns of these keys, in whichever table."""
    return {table: [one for one in columns if one[0] not in without] for table, columns in _COLUMNS.items()}
