"""Blocks that only some people see, in the merge language."""

from campaigns.content.blocks.kind import Block

_UNSAFE = str.maketrans("", "", '"\\{}')


def opening(block: Block) -> str:
    """The tag that opens the condition, without regard to capitals; "" for a block that everybody sees."""
    name = block.get("if_field", "")
    if not name:
        return ""
    value = block["if_value"].translate(_UNSAFE).strip().lower()
    test = {
        "is": f'{name}|lower == "{value}"',
        "is-not": f'{name}|lower != "{value}"',
        "contains": f'"{value}" in {name}|lower',
        "filled": name,
        "empty": f"not {name}",
    }[block["if_is"]]
    return f"{{% if {test} %}}"


def in_words(block: Block) -> str:
    """For whoever writes the mail: whom it is for."""
    if not block.get("if_field"):
        return ""
    value = "" if block["if_is"] in {"filled", "empty"} else f" “{block['if_value']}”"
    words = {"is": "is", "is-not": "is not", "contains": "contains", "filled": "is filled in", "empty": "is empty"}
    return f"{block['if_field']} {words[block['if_is']]}{value}"
