"""The merge language: `{{ first_name|default("there") }}`, `{% if city %}`, and nothing that reaches further."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from inspect import signature
from itertools import zip_longest
from typing import Any, Literal

import minijinja

from campaigns.merge import comparing, localised, places, slots, syntax
from campaigns.merge.filters import default, is_blank
from campaigns.merge.localised import FILTERS
from campaigns.merge.loop_meter import MAX_LOOP_OUTPUT, LoopMeter, TooLong
from campaigns.merge.sheet import Sheet, Slot
from campaigns.merge.syntax import Piece, Problem, Unreadable
from campaigns.message.encoding import SOFT_BREAK, Lines

Escape = Literal["html", "text", "header", "url"]
Values = Mapping[str, Any]
Filters = Mapping[str, Callable[..., Any]]

MAX_TEMPLATE = 500_000
UNWRITTEN = "\ue002"  # of the private use area: no author may write it
_FUEL = 200_000
_PROBES = ("", 7, "x" * 200)  # with nothing, a number and a long text: whatever goes wrong shows before the launch
_PLACES = {"text": "plain", "header": "header", "url": "part"}
_ARGUMENTS = {name: len(signature(how).parameters) - 1 for name, how in FILTERS.items()} | {"plural": 6}
_NEED_ARGUMENTS = {"currency": 'currency("EUR")', "plural": 'plural("ticket", "tickets")'}
_OURS = "ours"
_FILTER_NAMES = frozenset(FILTERS)
_MARK_SIGNS = (places.OPEN, places.CLOSE, UNWRITTEN)
_MARKS = dict.fromkeys(map(ord, _MARK_SIGNS))  # in drafts from before they were refused


class Broken(ValueError):
    """A template that cannot be rendered; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = list(problems)


def check(template: str) -> list[Problem]:
    """What keeps the template from being sent, [] when it is right. Unknown names are the caller's business."""
    try:
        compiled = Template(read(template), place="plain")
        names = tags_used(template)
        for probe in _PROBES:
            if probe == 7 and "for" in template:
                continue  # one does not loop over a number
            compiled(dict.fromkeys(names, probe) if probe else {})
    except Broken as broken:
        return broken.problems
    return []


def tags_used(template: str) -> set[str]:
    """Names the template asks for; {} for one that cannot be read."""
    try:
        pieces = read(template)
    except Broken:
        return set()
    loops = {piece.tokens[1][1] for piece in pieces if piece.word == "for" and len(piece.tokens) > 1}
    return set[str]().union(*(piece.names for piece in pieces)) - loops - {"loop"}


def without_fallback(template: str) -> set[str]:
    """Names shown without a default and outside any `{% if name %}`: they leave a gap for who lacks the value."""
    found: set[str] = set()
    guards: list[set[str]] = []
    try:
        pieces = read(template)
    except Broken:
        return found
    for piece in pieces:
        if piece.word in {"if", "for"}:
            guards.append(piece.names)
        elif piece.word in {"endif", "endfor"} and guards:
            guards.pop()
        elif piece.kind == "output" and ("name", "default") not in piece.tokens and ("name", "if") not in piece.tokens:
            found |= piece.names - set[str]().union(*guards)
    return found


def fallbacks(template: str) -> Iterator[tuple[str, str]]:
    """Each name that is shown with a default, and what that says."""
    try:
        pieces = read(template)
    except Broken:
        return
    for piece in pieces:
        tokens = piece.tokens
        if piece.kind != "output" or ("name", "default") not in tokens:
            continue
        at = tokens.index(("name", "default"))
        words = next((text[1:-1] for what, text in tokens[at:] if what == "text"), "")
        yield from ((name, words) for name in sorted(piece.names))


def render(template: str, values: Values, escape: Escape = "html", language: str = localised.DEFAULT) -> str:
    """The template filled in for one person, made harmless for where it stands. Raises Broken.

    `language`: the code of the one it is written in, which dates and numbers follow.
    """
    pieces = places.placed(read(template)) if escape == "html" else read(template)
    return Template(pieces, place=_PLACES.get(escape), language=language)(present(values))


def present(values: Values) -> dict[str, Any]:
    """Only what says something: missing, null and blank are then the same to every tag."""
    return {name: value for name, value in values.items() if not is_blank(value)}


def beyond_limits(template: str) -> Problem | None:
    """What keeps the template from being taken at all, however it is mended otherwise."""
    try:
        syntax.read(template, _FILTER_NAMES)
    except syntax.TooMuch as problem:
        return problem.problem
    except Unreadable:
        return None
    return None


def read(template: str) -> list[Piece]:
    if len(template) > MAX_TEMPLATE:
        raise Broken([Problem(f"This is longer than {MAX_TEMPLATE:,} characters.")])
    try:
        pieces = syntax.read(_without_marks(template), _FILTER_NAMES)
    except Unreadable as unreadable:
        raise Broken([unreadable.problem]) from None
    for piece in pieces:
        if problem := _wrong_arguments(piece):
            raise Broken([Problem(problem, piece.line, piece.shown())])
    return pieces


def _wrong_arguments(piece: Piece) -> str:
    """Of filters that say nothing without a word or a code."""
    for at, (what, name) in enumerate(piece.tokens):
        if what != "name" or name not in _NEED_ARGUMENTS or piece.tokens[max(at - 1, 0)] != ("sign", "|"):
            continue
        opening, (kind, text) = [*piece.tokens[at + 1 : at + 3], ("", ""), ("", "")][:2]
        if opening != ("sign", "(") or (kind, text) == ("sign", ")"):
            return f"The filter “{name}” takes its words in brackets: {_NEED_ARGUMENTS[name]}."
        if name == "currency" and kind == "text" and not localised.knows_currency(text[1:-1]):
            return f"There is no currency “{text[1:-1]}”. Write its code of three letters, such as EUR."
    return ""


def _without_marks(template: str) -> str:
    """Looked for before anything is copied: a mail is read several times whenever a key is pressed in its editor."""
    return template.translate(_MARKS) if any(mark in template for mark in _MARK_SIGNS) else template


class Template:
    """Pieces compiled for many renderings: each literal is encoded once, each value on its way in.

    Without conditions and loops it is a join of strings; with them minijinja runs it, under limits.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        *,
        place: str | None = None,
        encode: Callable[[str], str] | None = None,
        constants: Values | None = None,
        harmless: Collection[str] = (),
        language: str = localised.DEFAULT,
    ) -> None:
        """`place`: instead of each output's own. `encode`: encoding.quoted_printable, or None for the words as such.

        `language`: the code of the one that dates and numbers follow. `constants`: values that every rendering has.
        `harmless`: names that every rendering has, whose values stay as they are wherever they stand. Values of
        outputs of ours come encoded already.
        """
        self._filters = localised.filters_in(language)
        self._encode = encode
        self._place = place
        self._constants = dict(constants or {})
        self._harmless = frozenset(harmless)
        self._slots: dict[tuple[str, str, str | None], Slot] = {}
        self.parts: list[str | Slot]
        if any(piece.kind == "block" or not _is_simple(piece) for piece in pieces if piece.kind != "text"):
            self.parts = [self._engine(pieces)]
        else:
            self.parts = self._encoded_parts(pieces) if encode else self._parts(pieces)
        self._sheet = Sheet(self.parts)

    def __call__(self, values: dict[str, Any]) -> str:
        """`values` as `present` gives them. Raises Broken."""
        return self._sheet(values)

    def _parts(self, pieces: Sequence[Piece]) -> list[str | Slot]:
        parts: list[str | Slot] = []
        for piece in pieces:
            if piece.kind == "text" or self._is_constant(piece):
                parts.append(self._constant(piece))
            elif piece.place == _OURS:
                parts.append(slots.given(piece.source))
            else:
                parts.append(self._slot(piece))
        return parts

    def _encoded_parts(self, pieces: Sequence[Piece]) -> list[str | Slot]:
        """Short values and tokens stand on a line with the words round them, whatever else on lines of its own."""
        parts: list[str | Slot] = []
        lines, lead = Lines(), ""
        for piece, following in zip_longest(pieces, pieces[1:]):
            if piece.kind == "text":
                goes_on = following is not None and self._is_inserted(following)
                lead = " " if goes_on and piece.source.endswith(" ") else ""
                parts.append(lines.text(piece.source.removesuffix(lead)))
                continue
            if self._is_constant(piece):
                parts += [lines.end(), self._constant(piece)]
            elif piece.place == _OURS:
                parts += [lines.gap(slots.TOKEN_ROOM, fixed=True), slots.given(piece.source)]
            elif self._is_inserted(piece):
                parts += [lines.gap(slots.ROOM, lead=lead), self._slot(piece, lead)]
            else:
                parts += [lines.end(), self._slot(piece)]
            lead = ""
        return [*parts, lines.end()]

    def _constant(self, piece: Piece) -> str:
        return self._literal(piece) if piece.kind == "text" else self._slot(piece)(self._constants)

    def _is_constant(self, piece: Piece) -> bool:
        return piece.names <= self._constants.keys()

    def _is_inserted(self, piece: Piece) -> bool:
        """Whether a piece of an encoded mail is an output that stands on a line with the words round it."""
        if piece.kind != "output" or self._is_constant(piece):
            return False
        if piece.tokens[0][0] != "name" or piece.tokens[0][1] in self._harmless:
            return False
        chain = _filter_chain(piece, self._filters)
        return all(how is default for how, _ in chain) and slots.is_inserted(self._place or piece.place)

    def _slot(self, piece: Piece, lead: str | None = None) -> Slot:
        """The same output in several spots is worked out once."""
        spot = piece.place, piece.source, lead
        self._slots[spot] = slot = self._slots.get(spot) or self._new_slot(piece, lead)
        return slot

    def _new_slot(self, piece: Piece, lead: str | None) -> Slot:
        """What an output shows: a name (or a text) and a chain of filters with plain arguments."""
        (what, text), *_ = piece.tokens
        chain = _filter_chain(piece, self._filters)
        place = self._place or piece.place
        is_plain = what == "name" and all(how is default for how, _ in chain)
        fallback = next((argument for _, arguments in chain for argument in arguments if argument), "")
        if self._encode and is_plain and slots.is_quick(place):
            if text in self._harmless:
                return slots.as_given(text)
            return slots.quick(text, fallback, place, self._encode, lead)
        show = self._show(piece.place)
        constant = None if what == "name" else _literal_value(what, text)

        def slot(values: dict[str, Any]) -> str:
            value = values.get(text) if constant is None else constant
            for function, arguments in chain:
                value = function(value, *arguments)
            return show(value)

        return slots.in_header(text, fallback, slot) if is_plain and place == "header" and not self._encode else slot

    def _engine(self, pieces: Sequence[Piece]) -> Slot:
        environment, meter = _environment(self._filters), LoopMeter()
        _parse_each(environment, pieces)
        shows = {piece.place for piece in pieces if piece.kind == "output"}
        for place in shows:
            environment.add_filter(f"_{place}", self._show(place))
        environment.add_filter("_counted", meter.counted)
        environment.add_global("_said", meter.said)
        source = "".join(self._sources(pieces, meter))
        try:
            environment.add_template("mail", source)
        except minijinja.TemplateError as error:
            raise Broken([_problem(error, pieces)]) from None

        def render(values: dict[str, Any]) -> str:
            meter.begin()
            try:
                return environment.render_template("mail", **values)
            except minijinja.TemplateError as error:
                raise Broken([_problem(error, pieces)]) from None
            except TooLong:
                loop = next(piece for piece in pieces if piece.word == "for")
                text = f"A loop here writes more than {MAX_LOOP_OUTPUT:,} characters."
                raise Broken([Problem(text, loop.line, loop.shown())]) from None
            except (TypeError, ValueError, ArithmeticError):  # out of a filter
                raise Broken([Problem("A filter is given more than it takes.")]) from None

        return render

    def _sources(self, pieces: Sequence[Piece], meter: LoopMeter) -> Iterator[str]:
        """As the engine reads them. What stands in a loop is counted: the engine's fuel counts no characters."""
        loops = 0
        for piece in pieces:
            loops += {"for": 1, "endfor": -1}.get(piece.word, 0)
            if piece.kind == "text":
                literal = self._literal(piece)
                yield meter.call(literal) if loops > 0 and literal else literal
            elif piece.kind == "output":
                counted = "|_counted" if loops > 0 else ""
                yield f"{{{{ ({comparing.rewritten(piece)})|_{piece.place}{counted} }}}}"
            else:
                yield f"{{% {comparing.rewritten(piece)} %}}"

    def _literal(self, piece: Piece) -> str:
        return self._encode(piece.source) if self._encode else piece.source

    def _show(self, place: str) -> Callable[[Any], str]:
        if place == _OURS and self._encode:
            return lambda value: f"{value}{SOFT_BREAK}"
        return slots.showing(self._place or place, None if place == _OURS else self._encode)


def _is_simple(piece: Piece) -> bool:
    """A name, text or number followed by filters whose arguments are plain: what `_slot` understands."""
    what, text = piece.tokens[0]
    try:
        _filter_chain(piece, FILTERS)
        return what == "name" or _literal_value(what, text) is not None
    except ValueError:
        return False


def _filter_chain(piece: Piece, filters: Filters) -> list[tuple[Callable[..., Any], list[Any]]]:
    """Raises ValueError for anything but a plain chain."""
    chain: list[tuple[Callable[..., Any], list[Any]]] = []
    tokens = list(piece.tokens[:0:-1])
    if piece.tokens[0][0] == "name" and piece.tokens[0][1] in syntax.KEYWORDS:
        raise ValueError("a keyword")
    while tokens:
        if tokens.pop() != ("sign", "|") or not tokens:
            raise ValueError("not a filter")
        name, arguments = tokens.pop()[1], []
        if tokens and tokens[-1] == ("sign", "("):
            tokens.pop()
            while tokens and tokens[-1] != ("sign", ")"):
                arguments.append(_literal_value(*tokens.pop()))
                if tokens and tokens[-1] == ("sign", ","):
                    tokens.pop()
                elif tokens and tokens[-1] != ("sign", ")"):
                    raise ValueError("no comma")
            if not tokens:
                raise ValueError("never closed")
            tokens.pop()
        if len(arguments) > _ARGUMENTS[name]:
            raise ValueError("too many")
        chain.append((filters[name], arguments))
    return chain


def _literal_value(what: str, text: str) -> Any:
    if what == "number":
        return float(text) if "." in text else int(text)
    if what == "text" and "\\" not in text:
        return text[1:-1]
    raise ValueError("not plain")


def _environment(filters: Filters) -> minijinja.Environment:
    environment = minijinja.Environment(
        filters=dict(filters),
        fuel=_FUEL,
        debug=False,
        pycompat=False,
        keep_trailing_newline=True,
        undefined_behavior="lenient",
        auto_escape_callback=lambda name: None,
        comment_start_string=f"{{##{UNWRITTEN}",  # a style sheet may say {#id; nobody writes this
        comment_end_string=f"{UNWRITTEN}##}}",
    )
    environment.add_global(comparing.CALL, comparing.holds)
    for name in ("range", "dict", "debug", "namespace"):
        environment.remove_global(name)
    return environment


def _parse_each(environment: minijinja.Environment, pieces: Sequence[Piece]) -> None:
    """Outputs one by one, so that a mistake is shown where it stands. Raises Broken."""
    for piece in pieces:
        if piece.kind == "output":
            try:
                environment.add_template("tag", piece.shown())
            except minijinja.TemplateError as error:
                text = f"This merge tag cannot be read: {error.detail or error.message}."
                raise Broken([Problem(text, piece.line, piece.shown())]) from None


def _problem(error: minijinja.TemplateError, pieces: Sequence[Piece]) -> Problem:
    detail = error.detail or error.message
    tags = [piece for piece in pieces if piece.kind != "text"]
    blocks = [piece for piece in tags if piece.kind == "block"]
    if "fuel" in detail:
        return Problem("This takes too long: a loop in it hardly comes to an end.", blocks[0].line, blocks[0].shown())
    if "end of input" in detail and blocks:
        return Problem("An if or for is opened here and never closed.", blocks[-1].line, blocks[-1].shown())
    if "unknown statement" in detail:
        detail = f"there is an {detail.rpartition(' ')[2]} too many"
    at = next((piece for piece in tags if piece.line == error.line), tags[0])
    return Problem(f"The merge tags do not fit together: {detail}.", at.line, at.shown())
