"""A mail that has something of everything a brand decides."""

from functools import lru_cache

from accounts.models import BrandKit, Organisation
from campaigns.content import blocks, mjml
from campaigns.merge import language

_SAMPLE = [
    {"id": "s1", "kind": "logo", "align": "left"},
    {"id": "s2", "kind": "heading", "text": "Saturday opens an hour earlier"},
    {
        "id": "s3",
        "kind": "text",
        "html": "<p>Good morning,</p><p>from this week on the doors open at nine. The first tray comes out of the oven"
        ' at ten past: <a href="https://example.com/bread">see what is in it</a>.</p>',
    },
    {"id": "s4", "kind": "button", "label": "Plan a visit", "url": "https://example.com/visit"},
    {"id": "s5", "kind": "heading", "text": "Only on Saturday", "level": "2", "align": "center", "band": "accent"},
    {
        "id": "s6",
        "kind": "text",
        "html": "<p>Coffee is on us until half past nine.</p>",
        "align": "center",
        "band": "accent",
    },
    {"id": "s7", "kind": "spacer", "height": 12, "band": "accent"},
    {"id": "s8", "kind": "heading", "text": "A note from the kitchen", "level": "3", "band": "tint"},
    {
        "id": "s9",
        "kind": "text",
        "html": "<p>The pear cake is back, with less sugar and more pear.</p>",
        "band": "tint",
    },
    {"id": "s10", "kind": "button", "label": "Get the recipe", "url": "https://example.com/cake", "look": "outline"},
    {"id": "s11", "kind": "footer", "html": "<p>You get this mail because you signed up for our news.</p>"},
]


def page(organisation: Organisation | None, kit: BrandKit) -> str:
    """Its HTML."""
    return _made(mjml.Brand.of(organisation, kit))


@lru_cache(maxsize=16)
def _made(brand: mjml.Brand) -> str:
    """A page asks for it several times: light and dark, and for each brand of the list."""
    return language.render(mjml.compile(blocks.validate({"blocks": _SAMPLE}), brand, title="A sample"), {})
