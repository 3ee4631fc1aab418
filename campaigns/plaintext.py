"""The text part, made from the HTML."""


def from_html(html: str) -> str:
    raise NotImplementedError
