"""Comparisons as their author means them: 20 is less than the text "100", and what is missing is in nothing.

The template engine compares by kind: any text is more than any number, and looking for something in nothing fails for
some of the recipients only. So each comparison becomes a call of `holds` before the engine sees it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from campaigns.merge.filters import is_blank, printable
from campaigns.merge.syntax import Piece, Token

CALL = "_holds"  # no author can call it: names that begin so are refused
_SIGNS = frozenset({"==", "!=", "<", ">", "<=", ">="})
_BREAKS = frozenset({"and", "or", "not", "if", "else", "is"})
_NUMBER = re.compile(r"[-+]?\d{1,300}(?:\.\d{1,300})?")
Operand = list[Token]


def rewritten(piece: Piece) -> str:
    """The inside of the tag with its comparisons as calls; as it was when it has none."""
    tokens = list(piece.tokens)
    first = next((at for at, token in enumerate(tokens) if token == ("name", "in")), 0) if piece.word == "for" else 0
    if not any(_is_sign(token) or token == ("name", "in") for token in tokens[first + 1 :]):
        return piece.source
    before = " ".join(text for _, text in tokens[: first + 1]) if piece.kind == "block" else ""
    return f"{before} {_expression(tokens[first + 1 :] if before else tokens)}".strip()


def holds(left: Any, sign: str, right: Any) -> bool:
    if sign in {"in", "not in"}:
        return _is_in(left, right) == (sign == "in")
    if sign in {"==", "!="}:
        return _is_same(left, right) == (sign == "==")
    order = _order(left, right)
    return order is not None and {"<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[sign]


def _expression(tokens: Sequence[Token]) -> str:
    """Comparisons bind closer than these words, and everything else closer than comparisons."""
    out: list[str] = []
    part: list[Token] = []
    for at, (token, depth) in enumerate(_with_depth(tokens)):
        follows = tokens[at + 1] if at + 1 < len(tokens) else None
        is_not_in = token == ("name", "not") and follows == ("name", "in") and part
        if depth == 0 and not is_not_in and (token == ("sign", ",") or (token[0] == "name" and token[1] in _BREAKS)):
            out += [_comparison(part), token[1]]
            part = []
        else:
            part.append(token)
    return " ".join(word for word in [*out, _comparison(part)] if word)


def _comparison(tokens: Sequence[Token]) -> str:
    operands: list[Operand] = [[]]
    signs: list[str] = []
    for token, depth in _with_depth(tokens):
        if depth or not (_is_sign(token) or token in {("name", "in"), ("name", "not")}):
            operands[-1].append(token)
        elif signs and signs[-1] == "not":
            signs[-1] = "not in"
        else:
            signs.append(token[1])
            operands.append([])
    written = [_operand(operand) for operand in operands]
    if "" in written:  # half a comparison: the engine says what is wrong with it
        return " ".join(text for _, text in tokens)
    calls = [
        f'{CALL}({left}, "{sign}", {right})' for left, sign, right in zip(written, signs, written[1:], strict=False)
    ]
    return f"({' and '.join(calls)})" if calls else written[0]


def _operand(tokens: Operand) -> str:
    """What stands in brackets is an expression of its own."""
    out: list[str] = []
    inside: list[Token] = []
    for token, depth in _with_depth(tokens):
        if depth == 0:
            if token == ("sign", ")"):
                out.append(_expression(inside))
                inside = []
            out.append(token[1])
        else:
            inside.append(token)
    return " ".join(out)


def _with_depth(tokens: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Brackets themselves count as outside of what they hold."""
    depth = 0
    for token in tokens:
        if token == ("sign", ")"):
            depth = max(0, depth - 1)
        yield token, depth
        if token == ("sign", "("):
            depth += 1


def _is_sign(token: Token) -> bool:
    return token[0] == "sign" and token[1] in _SIGNS


def _is_in(part: Any, whole: Any) -> bool:
    if is_blank(part) or is_blank(whole):
        return False
    if isinstance(whole, list | tuple):
        return any(_is_same(part, one) for one in whole)
    return printable(part) in printable(whole)


def _is_same(one: Any, other: Any) -> bool:
    if is_blank(one) or is_blank(other):
        return is_blank(one) and is_blank(other)
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    if isinstance(one, bool) != isinstance(other, bool):
        truth, said = (one, other) if isinstance(one, bool) else (other, one)
        return printable(said).strip().lower() in (("yes", "true", "1") if truth else ("no", "false", "0"))
    first, second = _number(one), _number(other)
    return first == second if first is not None and second is not None else bool(one == other)


def _order(one: Any, other: Any) -> int | None:
    """-1, 0 or 1; None when there is no order between the two."""
    if is_blank(one) or is_blank(other):
        return None
    first, second = _number(one), _number(other)
    if first is not None and second is not None:
        return (first > second) - (first < second)
    if isinstance(one, str) and isinstance(other, str):
        return (one > other) - (one < other)
    return None


def _number(value: Any) -> float | None:
    if isinstance(value, int | float):
        return value
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) else None
