"""Kinds that are pictures: alone, with text, of a video."""

from accounts.pictures import files
from campaigns.content.blocks.fields import ALT, BAND, LOOK, PICTURE, Field, link
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.links import button_row
from campaigns.content.blocks.look import Look

PLAYED = "/i/play/"  # where campaigns.content.playing answers


def image(block: Block, look: Look) -> list[str]:
    if not block["image"]:
        return look.placeholder("Choose a picture")
    is_whole = block["width"] == "full" and not look.in_column
    width = 300 if block["width"] == "half" else 0
    return [picture_row(block["image"], block["alt"], block["url"], look, width=width, is_whole=is_whole)]


def picture_row(source: str, alt: str, url: str, look: Look, *, width: int = 0, is_whole: bool = False) -> str:
    """As wide as there is room, or as `width` says; on a phone as wide as the phone."""
    padding = "" if is_whole else f' style="padding:12px {look.side}px"'
    room = look.width - (0 if is_whole else 2 * look.side)
    middle = ' align="center"' if 0 < width < room else ""
    shown = picture(source, alt, url, look, min(width or room, room), "fit")
    return f"<mj-raw><tr><td{middle}{padding}>{shown}</td></tr></mj-raw>"


def picture(source: str, alt: str, url: str, look: Look, width: float, name: str = "") -> str:
    """`name`: the class of the element. Outlook goes by the attribute for the width, everybody else by the style."""
    attributes = f' class="{name}"' if name else ""
    style = f"border:0;display:block;font-size:13px;height:auto;margin:0 auto;max-width:{width:.7g}px;width:100%"
    shown = (
        f'<img{attributes} src="{look.attribute(source)}" alt="{look.alt(alt)}" width="{int(width)}" style="{style}" />'
    )
    return f"<a{look.href(url)}>{shown}</a>" if url else shown


def image_text(block: Block, _look: Look) -> Block:
    """As the columns that it is."""
    picture = {"kind": "image", "width": "full"} | {name: block[name] for name in ("image", "alt", "url")}
    words = [
        {"kind": "heading", "text": block["text"], "level": "2", "align": "left"},
        {"kind": "text", "html": block["html"], "align": "left"},
    ]
    if block["label"]:
        words.append({"kind": "button", "align": "left"} | {name: block[name] for name in ("label", "url", "look")})
    sides = [[picture], words] if block["side"] == "left" else [words, [picture]]
    layout = block["share"] if block["side"] == "left" else "-".join(reversed(block["share"].split("-")))
    return {"kind": "columns", "layout": layout, "columns": sides, "band": block["band"], "valign": "middle"}


def video(block: Block, look: Look) -> list[str]:
    """The play sign is part of a picture of ours; with one from elsewhere a button says it."""
    if not block["image"]:
        return look.placeholder("Choose a picture of the video")
    alt = block["alt"] or "Play the video"
    if name := _name_of_ours(block["image"], look):
        return [picture_row(f"{look.theme.public_address}{PLAYED}{name}", alt, block["url"], look)]
    return [
        picture_row(block["image"], alt, block["url"], look),
        button_row("\N{BLACK RIGHT-POINTING TRIANGLE} " + alt, block["url"], look, align="center"),
    ]


def _name_of_ours(image: str, look: Look) -> str:
    """Of a picture of the library, wherever it is loaded from, or of a template's; "" for one from elsewhere."""
    own = f"{look.theme.public_address}/i/"
    name = files.name_in(image) or (image.removeprefix(own) if image.startswith(own) else "")
    return "" if "/" in name else name


KINDS = (
    Kind(
        "image",
        "Picture",
        "A picture, with a link if you like",
        "pictures",
        "image",
        (
            PICTURE,
            ALT,
            link("picture"),
            Field(
                "width",
                "Width",
                "choice",
                "full",
                choices=(("full", "Edge to edge"), ("text", "As wide as the text"), ("half", "Half")),
            ),
            BAND,
        ),
        image,
    ),
    Kind(
        "image_text",
        "Picture with text",
        "A picture beside a heading, a few words and a button",
        "pictures",
        "image-text",
        (
            PICTURE,
            ALT,
            Field("text", "Heading", "text", example="A heading"),
            Field("html", "Text", "rich", example="Write here."),
            Field("label", "Button", "text", help="Empty: no button."),
            link("picture and the button"),
            Field("side", "Picture", "choice", "left", choices=(("left", "Left"), ("right", "Right"))),
            Field("share", "Widths", "choice", "1-1", choices=(("1-1", "Equal"), ("1-2", "Small"), ("2-1", "Large"))),
            LOOK,
            BAND,
        ),
        lambda _block, _look: [],
        in_columns=False,
        as_columns=image_text,
    ),
    Kind(
        "video",
        "Video",
        "A picture with a play sign that leads to the video",
        "pictures",
        "video",
        (
            Field("image", "Picture of the video", "image"),
            Field("url", "Video", "url", help="The page where it plays, such as https://youtu.be/…"),
            Field("alt", "Description", "text", help="What the video shows."),
            BAND,
        ),
        video,
    ),
)
