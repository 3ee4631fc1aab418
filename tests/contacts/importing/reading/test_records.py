import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.importing.reading.records import Broken, records


def read(data: bytes, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[tuple[int, list[str] | Broken]]:
    return list(records(io.BytesIO(data), encoding, delimiter))


def good(found: list[tuple[int, list[str] | Broken]]) -> dict[int, list[str]]:
    return {line: cells for line, cells in found if not isinstance(cells, Broken)}


def broken(found: list[tuple[int, list[str] | Broken]]) -> dict[int, str]:
    return {line: cells.reason for line, cells in found if isinstance(cells, Broken)}


def test_quotes_and_line_breaks_in_cells_are_kept() -> None:
    found = read(b'email,note\na@x.com,"one\ntwo"\nb@x.com,"said ""hi"""\n')
    assert good(found) == {1: ["email", "note"], 2: ["a@x.com", "one\ntwo"], 4: ["b@x.com", 'said "hi"']}


@pytest.mark.parametrize("tail", [b'b@x.com,"Ann"\nc@x.com,C\n', b"b@x.com,B\nc@x.com,C\n", b'b@x.com,""\nc@x.com,C\n'])
def test_an_open_quote_costs_only_its_own_row(tail: bytes) -> None:
    found = read(b'email,name\na@x.com,"Bob\n' + tail)
    assert broken(found) == {2: "A quotation mark is opened and never closed."}
    assert [cells[0] for cells in good(found).values()] == ["email", "b@x.com", "c@x.com"]


def test_an_open_quote_does_not_swallow_a_long_file() -> None:
    found = read(b'email,name\na@x.com,"Bob\n' + b"".join(b"p%d@x.com,P\n" % n for n in range(5000)))
    assert len(good(found)) == 5001
    assert list(broken(found)) == [2]


def test_what_is_odd_in_the_middle_of_a_long_file_keeps_its_place() -> None:
    usual = b"".join(b"person%d@x.com,P\n" % n for n in range(9000))
    found = read(b"email,note\n" + usual + b'a@x.com,"one\ntwo"\nb@x.com,Jos\xe9\n\nc@x.com,"C\n' + usual)
    assert set(broken(found)) == {9004, 9006}
    told = good(found)
    assert (told[9001], told[9002], told[9007]) == (
        ["person8999@x.com", "P"],
        ["a@x.com", "one\ntwo"],
        ["person0@x.com", "P"],
    )
    assert (len(told), found[-1]) == (18_002, (18_006, ["person8999@x.com", "P"]))


def test_a_line_that_never_ends_far_down_is_one_row_and_no_further_ones() -> None:
    usual = b"".join(b"person%d@x.com,P\n" % n for n in range(9000))
    found = read(b"email,note\n" + usual + b"a@x.com" + b"," * 1_200_000 + b"\nb@x.com,B\n" + usual)
    assert broken(found) == {9002: "The line is longer than a million characters."}
    assert good(found)[9003] == ["b@x.com", "B"]
    assert found[-1] == (18_003, ["person8999@x.com", "P"])


def test_an_open_quote_that_a_neighbour_closes_is_noticed() -> None:
    found = read(b'name,email\n"Bob,a@x.com\nAnn",b@x.com\nCarl,c@x.com\n')
    assert ["Carl", "c@x.com"] in good(found).values()
    assert all("a@x.com\nAnn" not in cell for cells in good(found).values() for cell in cells)


def test_quotes_in_the_middle_are_forgiven() -> None:
    assert good(read(b'email,name\na@x.com,"Carl "the man" Sagan"\n'))[2][0] == "a@x.com"
    assert good(read(b'email,name\na@x.com,5" pipe\n'))[2] == ["a@x.com", '5" pipe']


def test_line_ends_may_be_mixed() -> None:
    found = read(b"email\r\na@x.com\rb@x.com\nc@x.com")
    assert good(found) == {1: ["email"], 2: ["a@x.com"], 3: ["b@x.com"], 4: ["c@x.com"]}


def test_nul_and_undecodable_bytes_cost_only_their_row() -> None:
    found = read(b"email,name\na@x.com,A\x00\nb@x.com,Jos\xe9\nc@x.com,C\n")
    assert list(broken(found)) == [2, 3]
    assert good(found)[4] == ["c@x.com", "C"]


def test_an_endless_line_costs_only_itself() -> None:
    found = read(b"email,name\na@x.com," + b"x" * 5_000_000 + b"\nb@x.com,B\n")
    assert broken(found) == {2: "The line is longer than a million characters."}
    assert good(found)[3] == ["b@x.com", "B"]


def test_a_huge_cell_costs_only_its_row() -> None:
    found = read(b'email,name\na@x.com,"' + b"x" * 200_000 + b'"\nb@x.com,B\n')
    assert list(broken(found)) == [2]
    assert good(found)[3] == ["b@x.com", "B"]


def test_empty_lines_and_the_hint_for_excel_are_no_rows() -> None:
    assert good(read(b"sep=;\n\nemail;name\n;;\na@x.com;A\n\n", delimiter=";")) == {
        3: ["email", "name"],
        5: ["a@x.com", "A"],
    }


def test_file_stays_open_for_its_owner() -> None:
    file = io.BytesIO(b"email\na@x.com\n")
    found: Iterator[object] = records(file, "utf-8-sig", ",")
    next(found)
    del found
    assert file.read() is not None


@given(st.binary(max_size=400), st.sampled_from(["utf-8-sig", "cp1252", "utf-16", "gb18030"]))
def test_no_bytes_whatever_bring_it_down(data: bytes, encoding: str) -> None:
    lines = [line for line, _ in read(data, encoding)]
    assert lines == sorted(lines)


@given(st.lists(st.lists(st.text(alphabet='ab,"\n\r;é', max_size=6), min_size=2, max_size=2), min_size=1, max_size=8))
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]]) -> None:
    import csv

    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    expected = [[cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in rows if any(row)]
    found = read(text.getvalue().encode())
    assert [cells for _, cells in found] == expected
