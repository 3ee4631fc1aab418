"""Kinds that are cards: a product, an event."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accounts.brands.colours import on
from campaigns.content import calendar_files
from campaigns.content.blocks.fields import ALT, BAND, BUTTON, LETTERS, LOOK, PICTURE, ROOM, Field, align, link
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.links import button_class, button_of, link_ink
from campaigns.content.blocks.look import LAYOUT, Look, Usual
from campaigns.content.blocks.pictures import picture
from campaigns.content.calendar_files import Event
from campaigns.merge import localised


def product(block: Block, look: Look) -> list[str]:
    shown = (
        picture(block["image"], block["alt"], block["url"], look, look.width - 2 * look.side)
        if block["image"]
        else "".join(look.empty("Picture"))
    )
    old = f'<s aria-hidden="true">{look.text(block["before"])}</s> ' if block["before"] else ""
    price = f'<p style="margin:6px 0 0">{old}<b>{look.text(block["price"])}</b></p>' if block["price"] else ""
    about = f'<p style="margin:6px 0 0">{look.text(block["about"])}</p>' if block["about"] else ""
    button = (
        f'<p class="{button_class(block["look"], look)}" style="margin:12px 0 {look.below}px">'
        f"{button_of(block['label'], block['url'], look, kind=block['look'])}</p>"
        if block["label"]
        else ""
    )
    words = f"{_name(block, look)}{about}{price}"
    apart = "margin:16px 0 0;" if shown else ""
    padding = look.room(below=0) if button else look.room()
    return [
        f'<mj-raw><tr><td align="{look.aligned(block["align"])}"{look.row_class()} style="padding:{padding}">{shown}'
        f'<div style="{apart}color:{look.ink};font-size:{look.size}px;line-height:1.5">{words}</div>{button}</td></tr>'
        "</mj-raw>"
    ]


def _usual_product(block: Block, look: Look) -> Usual:
    return Usual(15, 12 if block["image"] or look.with_examples else 4, 18 if block["label"] else 0)


def event(block: Block, look: Look) -> list[str]:
    """A leaf of the calendar with the day, what happens when and where, and a file for calendars."""
    found = event_of(block, look.theme.time_zone)
    if found is None and not look.with_examples:
        return []
    place = ", ".join(look.text(block[name]) for name in ("place", "address") if block[name])
    letters = f"color:{look.ink};font-size:{look.size}px;line-height:1.5"
    lines = "".join(f'<p style="margin:4px 0 0">{line}</p>' for line in (_when(block, look, found), place) if line)
    return [
        f'<mj-raw><tr><td{look.row_class("links")} style="padding:{look.room()}"><table {LAYOUT}><tr valign="top">'
        f'{_leaf(block, look)}<td><div style="{letters}">{_name(block, look)}{lines}'
        f"{_links(block, look, found)}</div></td></tr></table></td></tr></mj-raw>"
    ]


def _name(block: Block, look: Look) -> str:
    font = "" if look.head_font == "inherit" else f"font-family:{look.head_font};"
    tag = look.heading(3)
    return (
        f'<{tag} style="margin:0;{font}font-size:{look.size + 3}px;line-height:1.3">{look.text(block["text"])}</{tag}>'
    )


def _links(block: Block, look: Look, found: Event | None) -> str:
    url = calendar_files.address(look.theme.public_address, found) if found and block["label"] else ""
    pairs = ((block["label"], url), (block["more"], block["url"]))
    ink = link_ink(look)
    links = [f'<a{look.href(url)} style="color:{ink}">{look.text(words)}</a>' for words, url in pairs if words and url]
    return f'<p style="margin:8px 0 0;font-weight:600">{" &nbsp; ".join(links)}</p>' if links else ""


def event_of(block: Block, time_zone: str) -> Event | None:
    """What a calendar is told; None while there is no day. `time_zone`: where the block names none."""
    if not block["day"]:
        return None
    zone = block["zone"] or time_zone or "UTC"
    begins, ends = (f"{block['day']}T{block[name]}" if block[name] else "" for name in ("begins", "ends"))
    place = ", ".join(filter(None, (block["place"], block["address"])))
    return Event(block["text"], block["day"], begins, ends, zone, place, block["url"])


def _when(block: Block, look: Look, found: Event | None) -> str:
    if found is None:
        return "Choose a day"
    words = _spelled(found.day, "full", look)
    hours = [block[name] for name in ("begins", "ends") if block[name]]
    if not hours:
        return words
    first = time.fromisoformat(block["begins"] or block["ends"])
    short = datetime.combine(date.fromisoformat(found.day), first, ZoneInfo(found.zone)).tzname()
    zones = dict.fromkeys((found.zone.rpartition("/")[2].replace("_", " "), short or ""))
    return f"{words}, {'–'.join(hours)} ({', '.join(filter(None, zones))})"


def _leaf(block: Block, look: Look) -> str:
    if not block["day"]:
        return ""
    colour = look.ink if look.is_full else look.theme.colour
    return (
        f'<td aria-hidden="true" width="80"><table {LAYOUT}><tr><td align="center" width="64"'
        f' bgcolor="{colour}" style="border-radius:6px;padding:8px 0;'
        f'color:{on(colour)};font-size:14px;line-height:1.2">{_spelled(block["day"], "month", look)}<br/>'
        f'<b style="font-size:26px">{date.fromisoformat(block["day"]).day}</b></td></tr></table></td>'
    )


def _spelled(day: str, style: str, look: Look) -> str:
    """As the date filter of the mail's language has it."""
    return str(localised.filters_in(look.theme.language)["date"](day, style))


KINDS = (
    Kind(
        "product",
        "Product",
        "A picture, a name, a price and a button",
        "cards",
        "product",
        (
            PICTURE,
            ALT,
            Field("text", "Name", "text", example="A product"),
            Field("about", "In a few words", "text", help="May stay empty."),
            Field("price", "Price", "text", help="With its currency, such as 24,90 €."),
            Field("before", "Price before", "text", help="Shown struck through. May stay empty."),
            Field("label", "Button", "text", "Have a look", "Empty: no button."),
            link("picture and the button"),
            LOOK,
            align(),
            BAND,
        ),
        product,
        own=(*LETTERS, *BUTTON, *ROOM),
        usual=_usual_product,
        words="text",
    ),
    Kind(
        "event",
        "Event",
        "What happens when and where, with a file for calendars",
        "cards",
        "event",
        (
            Field("text", "What", "text", example="An event"),
            Field("day", "Day", "date"),
            Field("begins", "From", "time", help="Empty: all day."),
            Field("ends", "To", "time"),
            Field("zone", "Time zone", "zone", help="Empty: the organisation’s."),
            Field("place", "Place", "text"),
            Field("address", "Address", "text"),
            Field("url", "Page about it", "url", help="Stands in the calendar too. May stay empty."),
            Field("more", "Link to the page", "text", "Read more", "Empty: no such link."),
            Field("label", "Link for calendars", "text", "Add to calendar", "Empty: no file for calendars."),
            BAND,
        ),
        event,
        own=(*LETTERS, *ROOM),
        usual=lambda _block, _look: Usual(15, 16, 16),
        words="text",
    ),
)
