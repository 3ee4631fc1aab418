"""What Harbour Books writes: invented books, and mails made of them. Pure."""

from dataclasses import dataclass
from typing import Any

SITE = "https://harbour-books.example"


@dataclass(frozen=True, slots=True)
class Book:
    title: str
    author: str
    words: str

    @property
    def url(self) -> str:
        return f"{SITE}/books/{'-'.join(''.join(c for c in self.title.lower() if c.isalnum() or c == ' ').split())}"


BOOKS = tuple(
    Book(*each)
    for each in (
        ("The Salt Road", "Imogen Farr", "Two sisters, one inheritance, and nine days on foot along the estuary."),
        ("A Lamp for Mr Okoro", "T. B. Adeyemi", "A night nurse keeps a patient’s secret, and then his shop."),
        ("Low Water", "Cerys Vaughan", "What the mud gave back. Our crime of the season."),
        ("The Cartographer’s Aunt", "P. J. Hallam", "Very funny, and by the end you will miss everybody in it."),
        ("Ferry Weather", "Lotte Brandt", "Short stories that all begin at the same landing stage."),
        ("Small Hours", "Nadia Rahman", "Poems for those who are up with a child, or with themselves."),
        ("The Last Bookbinder", "Hugh Tremayne", "A trade, a strike, a love that nobody wrote down."),
        ("Twelve Ways to Cross a River", "Ana Lima", "Bridges, fords, a rope: travel writing with wet feet."),
        ("Moss", "Freda Linde", "Quiet, green, unlike anything we have sold this year."),
        ("The Understudy", "Marcus Bell", "Somebody dies in the second act. Somebody else had learnt the lines."),
        ("Bread and Other Arguments", "Rosa Pellicer", "Recipes with the family that comes with them."),
        ("A Map of Quiet Places", "Owen Pryce", "Forty walks within an hour of the harbour."),
        ("The Orchard Ledger", "Sian Morgan", "Five generations of apples and unpaid bills."),
        ("Night Boat to Vigo", "Iker Salaberria", "A smuggler’s daughter reads her father’s letters."),
        ("Everything the Tide Left", "Jo Kettering", "Beachcombing as a way to think."),
        ("The Clockmaker’s Holiday", "Edith Voss", "Nothing happens, wonderfully, for three hundred pages."),
        ("Otter, Otter", "Bea Finch", "For ages three to five, and for whoever has to read it again."),
        ("Captain Plum Goes Ashore", "Theo Marsh", "The ship’s cat takes charge. From five on."),
        ("The Girl Who Counted Gulls", "Maeve Doyle", "A mystery for ten-year-olds who miss nothing."),
        ("Snow at the Signal Box", "Arthur Penn", "A winter’s tale with trains in it."),
    )
)


def mail(heading: str, opening: str, books: list[Book], *, art: str, base: str, note: str = "") -> dict[str, Any]:
    """A document for campaigns.content.blocks: a picture, a few words, a button, books side by side."""
    first, *others = books
    blocks: list[dict[str, Any]] = [
        {"kind": "logo", "align": "left", "url": f"{SITE}/"},
        {"kind": "image", "image": f"{base}/i/starter-{art}.png", "alt": "", "width": "full", "url": first.url},
        {"kind": "heading", "text": heading, "level": "1"},
        {"kind": "text", "html": f'<p>Hello {{{{ first_name|default("there") }}}},</p><p>{opening}</p>'},
        {"kind": "button", "label": f"Look into {first.title}", "url": first.url},
        {"kind": "divider"},
    ]
    if others:
        columns = [_column(book) for book in others[:2]]
        blocks.append({"kind": "columns", "layout": "1-1", "columns": columns})
    if note:
        html = f'<p>{note} <a href="{SITE}/visit">Where we are and when</a></p>'
        blocks.append({"kind": "text", "band": "tint", "html": html})
    why = "<p>You get this because you asked us for news, in the shop or here.</p>"
    blocks.append({"kind": "footer", "html": why, "preferences": "Choose what you get"})
    return {"version": 1, "blocks": blocks, "style": {"font": "mixed"}}


def _column(book: Book) -> list[dict[str, Any]]:
    html = f'<p>{book.author}. {book.words} <a href="{book.url}">Read the first pages</a></p>'
    return [{"kind": "heading", "text": book.title, "level": "3"}, {"kind": "text", "html": html}]
