"""Numbers as addresses and forms of pages carry them, written by anybody."""

# What a bigint holds with room for one more.
BIGGEST = 2**63 - 2


def whole_number(text: str | None) -> int | None:
    """`text` as a number that a key or a version can be; None for anything else."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 19:
        return None
    return min(int(text), BIGGEST)


def digits(text: str) -> str:
    """Those of a number that is typed as a confirmation, however its thousands are parted."""
    return "".join(character for character in text if character.isdigit())
