"""A page in few words for whoever answers without templates and without a database. No Django."""

_PAGE = (
    "<!doctype html><html lang={language} dir={direction}>"
    "<meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>{title}</title><h1>{title}</h1><p>{text}</p></html>"
)


def of(title: str, text: str, language: str = "en", direction: str = "ltr") -> str:
    return _PAGE.format(title=title, text=text, language=language, direction=direction)
