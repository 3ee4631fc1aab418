"""Letters of a mail: families that mail programs have without loading them, each with what stands in for it."""

FONTS: dict[str, tuple[str, str]] = {
    "sans": ("System sans serif", "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"),
    "arial": ("Arial", "Arial, Helvetica, sans-serif"),
    "verdana": ("Verdana", "Verdana, Geneva, sans-serif"),
    "tahoma": ("Tahoma", "Tahoma, Verdana, 'DejaVu Sans', sans-serif"),
    "trebuchet": ("Trebuchet", "'Trebuchet MS', 'Lucida Grande', Tahoma, sans-serif"),
    "serif": ("Georgia", "Georgia, 'Times New Roman', serif"),
    "palatino": ("Palatino", "'Palatino Linotype', Palatino, 'Book Antiqua', Georgia, serif"),
    "times": ("Times", "'Times New Roman', Times, serif"),
    "courier": ("Courier", "'Courier New', Courier, monospace"),
}
CHOICES = tuple((key, label) for key, (label, _) in FONTS.items())
_USUAL = "sans"


def label_of(stack: str) -> str:
    """What the font with this CSS is called; "" if it is none of these."""
    return next((label for label, css in FONTS.values() if css == stack), "")


def stack(key: str) -> str:
    """The CSS of a font by its key; of an unknown one or none the usual."""
    return FONTS.get(key, FONTS[_USUAL])[1]
