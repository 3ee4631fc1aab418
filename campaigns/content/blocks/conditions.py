"""Blocks that only some people see, in the merge language."""

from collections.abc import Iterator

from campaigns.content.blocks.kind import Block

_UNSAFE = str.maketrans("", "", '"\\{}')
IN_SEGMENT = "in_segment_"  # and its number: a merge tag that says whether somebody is in it


def opening(block: Block) -> str:
    """The tag that opens the condition, without regard to capitals; "" for a block that everybody sees."""
    tests = " and ".join(_tests(block))
    return f"{{% if {tests} %}}" if tests else ""


def segment_of(block: Block) -> int:
    """Whose people alone see it, or alone do not; 0 for no segment."""
    return int(str(block.get("if_segment") or "0").removeprefix("not-"))


def is_for_others(block: Block) -> bool:
    """For everybody who is not in its segment."""
    return str(block.get("if_segment", "")).startswith("not-")


def _tests(block: Block) -> Iterator[str]:
    if number := segment_of(block):
        yield f"not {IN_SEGMENT}{number}" if is_for_others(block) else f"{IN_SEGMENT}{number}"
    if name := block.get("if_field", ""):
        value = block["if_value"].translate(_UNSAFE).strip().lower()
        yield {
            "is": f'{name}|lower == "{value}"',
            "is-not": f'{name}|lower != "{value}"',
            "contains": f'"{value}" in {name}|lower',
            "filled": name,
            "empty": f"not {name}",
        }[block["if_is"]]
