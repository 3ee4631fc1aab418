import io

import pytest

from contacts.importing.reading.detecting import NotReadable, Shape, detect

TEXT = "Prénom;Nom;E-mail;Ville\nGaëlle;Perrin;gaelle@example.fr;Saint-Étienne\nJosé;Núñez;jose@example.es;Cádiz\n"


def shape(data: bytes) -> Shape:
    return detect(io.BytesIO(data))


@pytest.mark.parametrize(
    ("codec", "named"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encoding_is_found(codec: str, named: str) -> None:
    found = shape(TEXT.encode(codec))
    assert found == Shape(named, ";", True)
    assert TEXT.encode(codec).decode(found.encoding).lstrip("\ufeff") == TEXT


def test_another_script_is_found() -> None:
    text = "Имя,Почта,Город\n" + "".join(f"Екатерина,kat{n}@example.ru,Санкт-Петербург\n" for n in range(30))
    assert shape(text.encode("cp1251")).encoding == "cp1251"


def test_utf8_is_not_given_up_for_one_broken_byte_at_the_end() -> None:
    data = TEXT.encode() * 200 + b"Jos\xe9;x;jose2@example.es;y\n"
    assert shape(data).encoding == "utf-8-sig"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(delimiter: str) -> None:
    assert shape(TEXT.replace(";", delimiter).encode()).delimiter == delimiter


def test_delimiter_in_cells_does_not_mislead() -> None:
    data = b'email;name\na@example.com;"Doe, John, Dr."\nb@example.com;"Roe, Jane, Dr."\n'
    assert shape(data).delimiter == ";"


def test_excel_may_name_the_delimiter() -> None:
    assert shape(b"sep=;\r\nemail;name\r\na@example.com;A, B, C\r\n").delimiter == ";"


def test_first_person_is_not_taken_for_a_header() -> None:
    assert not shape(b"one@example.com,One\ntwo@example.com,Two\n").has_header
    assert shape(b"email\nonly@example.com\n").has_header


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"  \n\n ", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "Excel"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x1f\x8b\x08 ...", "compressed"),
        (bytes(range(256)) * 40, "not a text file"),
    ],
)
def test_what_is_no_table_is_named(data: bytes, message: str) -> None:
    with pytest.raises(NotReadable, match=message):
        shape(data)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Newsletter, March 2024\nEmail,Status,Name\na@x.com,active,A\nb@x.com,left,B\n", 1),
        ("People\nAs of 1 March 2024\nEmail,Status\na@x.com,active\n", 2),
        ("People;;\nEmail;Status;Name\na@x.com;active;A\n", 1),
        ("Email,Name\na@x.com,A,\nb@x.com,B,\nc@x.com,C,\n", 0),
        ("a@x.com,A\nb@x.com,B\n", 0),
        ("Email\na@x.com\n", 0),
    ],
)
def test_titles_above_the_table_are_told_from_the_names_of_columns(text: str, lines: int) -> None:
    assert shape(text.encode()).title_lines == lines
