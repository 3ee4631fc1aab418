"""What goes on the wire says exactly what was meant, in lines every server takes."""

import quopri
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaigns.merge import language
from campaigns.merge.places import HARMLESS
from campaigns.merge.syntax import Piece
from campaigns.message.encoding import (
    address_header,
    ascii_address,
    header,
    is_plain_address,
    needs_nothing,
    one_line,
    quoted_printable,
    tidy,
)

pieces = st.text(max_size=3)
words = st.lists(
    pieces
    | st.sampled_from([*"ab .=\n\t<&", "é", "😀", "ש", "日", "x" * 80, " " * 90, "=?utf-8?", "From "])
    | st.text(max_size=3)
).map(lambda parts: tidy("".join(parts)))


@given(words)
@example("From Monday on we sing")
@example("a\nFrom Monday on, " + "x" * 80)
@example("x" * 70 + " " + "From here on")
def test_quoted_printable_decodes_to_the_same_text(text: str) -> None:
    encoded = quoted_printable(text)
    assert quopri.decodestring(encoded.encode("ascii")).decode().replace("\r\n", "\n") == text
    for line in encoded.split("\r\n"):
        assert len(line) <= 76
        assert not line.startswith((".", "From "))
        assert not line.endswith((" ", "\t", " =", "\t="))
    assert encoded == "" or encoded.endswith("\r\n")


short = st.sampled_from(["", " ", "F", "From", "From ", "rom x", ".", "Ana", "Ana ", " Ana", "a\nb", "x" * 18, "é" * 9])


@given(
    st.lists(st.tuples(words | short, st.sampled_from(["{{ a }}", "{{ b }}", "{{ a|upper }}", ""])), max_size=6),
    words | short,
    words | short,
)
@example([("From", "{{ a }}"), (" x", "")], "", "")
@example([("", "{{ a }}"), (" now on", "")], "From", "")
@example([("Fro", "{{ a }}"), (" now on", "")], "m", "")
@example([("x" * 60 + " ", "{{ a }}"), ("From here on", "")], "é" * 40, "")
@example([("x" * 60 + " ", "{{ a }}"), (". Then", "")], "é" * 40, "")
@example([("Hello, dear ", "{{ a }}"), ("F", "{{ b }}"), (" x", "")], "é" * 40, "rom")
@example([("Hello, dear ", "{{ a }}"), ("", "{{ b }}"), (" x", "")], "é" * 40, "From")
@example([("Hello ", "{{ a }}"), ("\n", "")], "", "")
def test_a_value_among_words_decodes_to_the_same_text(written: list[tuple[str, str]], a: str, b: str) -> None:
    pieces = [piece for literal, tag in written for piece in (Piece("text", literal), *language.read(tag))]
    values = {"a": a, "b": b}
    encoded = language.Template(pieces, place="plain", encode=quoted_printable)(values)
    plain = language.Template(pieces, place="plain")(values)
    assert quopri.decodestring(encoded.encode("ascii")).decode().replace("\r\n", "\n") == plain
    for line in encoded.split("\r\n"):
        assert len(line) <= 76
        assert not line.startswith((".", "From "))
        assert not line.endswith((" ", "\t", " =", "\t="))
    assert encoded == "" or encoded.endswith("\r\n")


def test_short_values_stand_on_the_line_of_their_words() -> None:
    template = language.Template(
        language.read("Dear {{ name }}, welcome to {{ town }}!"), place="plain", encode=quoted_printable
    )
    assert template({"name": "Zoë", "town": "Bonn"}) == "Dear Zo=C3=AB, welcome to Bonn!=\r\n"
    assert template({"name": "Ana", "town": "b" * 30}) == f"Dear Ana, welcome to=20=\r\n{'b' * 30}=\r\n!=\r\n"


@given(words)
def test_subject_decodes_to_the_same_line(text: str) -> None:
    line = header("Subject", text)
    assert message_from_bytes((line + "\r\n").encode("ascii"), policy=policy.default)["subject"] == one_line(text)
    assert max(map(len, line.split("\r\n"))) <= 76


@given(words)
def test_sender_stays_one_mailbox_whatever_its_name(text: str) -> None:
    line = address_header("From", text, "a@b.example")
    message = message_from_bytes((line + "\r\n").encode("ascii"), policy=policy.default)
    (mailbox,) = message["from"].addresses
    assert mailbox.addr_spec == "a@b.example"
    # Python before 3.13 leaves spaces between the encoded words of a name; its older decoder does not.
    older = str(make_header(decode_header(line.removeprefix("From: ").replace("\r\n", "").rpartition("<")[0])))
    assert one_line(text) in {mailbox.display_name, older.strip()}


@given(st.from_regex(r"\A(https?://|From )?[ -~]{0,80}\Z"))
@example("From here on")
def test_what_is_let_through_needs_no_care(text: str) -> None:
    for place, is_harmless in (("text", needs_nothing), ("plain", needs_nothing), ("address", is_plain_address)):
        if is_harmless(text):
            assert quoted_printable(HARMLESS[place](text)) == text + "=\r\n"


def test_control_characters_never_travel() -> None:
    assert tidy("a\0b\x1b[31m\r\nc\rd\ud800") == "ab[31m\nc\nd"


def test_domain_travels_as_a_label() -> None:
    assert ascii_address("ana@Exämple.com") == "ana@xn--exmple-cua.com"


@pytest.mark.parametrize("address", ["", "a", "a@", "@b.example", "ä@b.example", "a\n@b.example"])
def test_address_that_cannot_travel_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"not an address|label"):
        ascii_address(address)
