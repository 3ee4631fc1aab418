"""Kinds that are pictures: alone, with text, of a video."""

from dataclasses import replace

from accounts.pictures import files
from campaigns.content.blocks.fields import ALT, BAND, BUTTON, LETTERS, LOOK, PICTURE, ROOM, Field, align, link
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.links import button_class, button_of, button_row
from campaigns.content.blocks.look import Look, Usual, layout

_ROOM = 12  # pixels above and below
PLAYED = "/i/play/"  # where campaigns.content.playing answers


def image(block: Block, look: Look) -> list[str]:
    if not block["image"]:
        return look.placeholder("Choose a picture")
    is_whole = _is_whole(block, look)
    width = 300 if block["width"] == "half" else 0
    align = block.get("align", "center")
    return [picture_row(block["image"], block["alt"], block["url"], look, width=width, is_whole=is_whole, align=align)]


def _is_whole(block: Block, look: Look) -> bool:
    return block["width"] == "full" and not look.in_column


def _usual_image(block: Block, look: Look) -> Usual:
    return Usual() if _is_whole(block, look) else Usual(above=12, below=12)


def picture_row(
    source: str, alt: str, url: str, look: Look, *, width: int = 0, is_whole: bool = False, align: str = "center"
) -> str:
    """As wide as there is room, or as `width` says; on a phone as wide as the phone."""
    side = 0 if is_whole else look.side
    padding = f' style="padding:{look.room(side=side)}"' if look.above or look.below or side else ""
    room = look.width - 2 * side
    middle = f' align="{look.aligned(align)}"' if 0 < width < room else ""
    shown = picture(source, alt, url, look, room, width, align)
    return f"<mj-raw><tr><td{middle}{padding}>{shown}</td></tr></mj-raw>"


def picture(source: str, alt: str, url: str, look: Look, room: float, width: int = 0, align: str = "center") -> str:
    """`width`: 0 for all the room. Outlook goes by the attribute for the width, everybody else by the style."""
    is_narrow = 0 < width < room
    margin = {"left": "", "right": "margin-left:auto;"}.get(look.aligned(align), "margin:0 auto;")
    name, most = (' class="fit"', f"{margin}max-width:{width}px;") if is_narrow else ("", "")
    style = f"display:block;font-size:14px;{most}width:100%"
    wide, high = int(width if is_narrow else room), ""
    if look.pixels:
        style += ";height:auto"
        high = f' height="{round(wide * look.pixels[1] / look.pixels[0])}"'
    shown = f'<img{name} src="{look.attribute(source)}" alt="{look.alt(alt)}" width="{wide}"{high} style="{style}" />'
    return f"<a{look.href(url)}>{shown}</a>" if url else shown


def image_text(block: Block, look: Look) -> list[str]:
    """Cells of a table, which Outlook needs no tables of its own for; on phones the picture stands above."""
    parts = [int(part) for part in block["share"].split("-")]
    share, gap = round(100 * parts[0] / sum(parts)), look.side // 2
    room = (look.width - 2 * gap) * share / 100 - 2 * gap
    shown = (
        picture(block["image"], block["alt"], block["url"], look, room)
        if block["image"]
        else "".join(look.empty("Choose a picture"))
    )
    cells = [f'<td width="{share}%">{shown}</td>', f"<td>{_words(block, look)}</td>"]
    name, row = ("s", "".join(cells)) if block["side"] == "left" else ("r", "".join(reversed(cells)))
    return [
        f'<mj-raw><tr><td{look.row_class()} style="padding:{look.room(side=gap)}"><table {layout(gap)} width="100%">'
        f'<tr class="{name}">{row}</tr></table></td></tr></mj-raw>'
    ]


def _words(block: Block, look: Look) -> str:
    """Where a style sheet is read, a paragraph ends with 14 pixels, which collapse with what the button keeps free."""
    tag = look.heading(2) if block["text"] else ""
    text = look.rich(block["html"]) if block["html"] else ""
    font = "" if look.head_font == "inherit" else f";font-family:{look.head_font}"
    heading = (
        f'<{tag} style="margin:0{" 0 12px" if text else ""};font-size:{look.size + 6}px{font}">'
        f"{look.text(block['text'])}</{tag}>"
        if block["text"]
        else ""
    )
    words = (
        f'<div class="words" style="color:{look.ink};font-size:{look.size}px;line-height:1.6">{heading}{text}</div>'
        if heading or text
        else ""
    )
    button = (
        f'<p class="{button_class(block["look"], look)}" style="margin:{(30 if text else 16) if words else 0}px 0 0">'
        f"{button_of(block['label'], block['url'], look, kind=block['look'])}</p>"
        if block["label"]
        else ""
    )
    return f"{words}{button}"


def video(block: Block, look: Look) -> list[str]:
    """The play sign is part of a picture of ours; with one from elsewhere a button says it."""
    if not block["image"]:
        return look.placeholder("Choose a picture of the video")
    alt = block["alt"] or "Play the video"
    if name := _name_of_ours(block["image"], look):
        return [picture_row(f"{look.theme.public_address}{PLAYED}{name}", alt, block["url"], look)]
    return [
        picture_row(block["image"], alt, block["url"], replace(look, below=_ROOM)),
        button_row(
            "\N{BLACK RIGHT-POINTING TRIANGLE} " + alt, block["url"], replace(look, above=_ROOM), align="center"
        ),
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
            align("center"),
            BAND,
        ),
        image,
        own=ROOM,
        usual=_usual_image,
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
        image_text,
        own=(*LETTERS, *BUTTON, *ROOM),
        usual=lambda _block, _look: Usual(above=8, below=8),
        in_columns=False,
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
        own=ROOM,
        usual=lambda _block, _look: Usual(above=_ROOM, below=_ROOM),
    ),
)
