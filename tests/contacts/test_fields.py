import pytest

from contacts import fields


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "42", 42),
        ("number", "-1.5", -1.5),
        ("number", "1,234.5", 1234.5),
        ("number", "1.234,5", 1234.5),
        ("number", "3,5", 3.5),
        ("number", "12 000", 12000),
        ("date", "2026-03-12", "2026-03-12"),
        ("date", "2026-03-12T10:00:00Z", "2026-03-12"),
        ("date", "12.3.2026", "2026-03-12"),
        ("date", "03/12/2026", "2026-03-12"),
        ("date", "13/12/2026", "2026-12-13"),
        ("boolean", "Ja", True),
        ("boolean", "non", False),
        ("url", "https://example.com/a?b=c", "https://example.com/a?b=c"),
        ("text", "anything", "anything"),
    ],
)
def test_text_becomes_the_value_it_means(kind: str, text: str, value: object) -> None:
    assert fields.convert(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("number", "many"),
        ("number", "1e400"),
        ("number", "9" * 400),
        ("date", "31.02.2026"),
        ("date", "soon"),
        ("boolean", "perhaps"),
        ("url", "javascript:alert(1)"),
        ("url", "https://"),
        ("url", "http://[::1"),
        ("url", 'https://x/"><script>'),
    ],
)
def test_text_of_another_kind_is_refused(kind: str, text: str) -> None:
    with pytest.raises(fields.BadValue):
        fields.convert(kind, text)


def test_day_comes_first_where_a_date_leaves_no_choice() -> None:
    assert fields.looks_day_first(["01/02/2024", "25/12/2024"])
    assert not fields.looks_day_first(["01/02/2024", "12/25/2024"])
    assert fields.convert("date", "03/04/2024", day_first=True) == "2024-04-03"


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "22"], "number"),
        (["01234"], "text"),
        (["+4940123"], "text"),
        (["33600000000"], "text"),
        (["yes", "no"], "boolean"),
        (["2024-01-01", ""], "date"),
        (["01.02.1980"] * 18 + ["31.02.1980", "00.00.0000"], "date"),
        (["1980-02-01"] * 19 + ["0000-00-00"], "date"),
        (["01.02.1980"] * 19 + ["in spring"], "text"),
        (["01.02.1980"] * 8 + ["31.02.1980"] * 2, "text"),
        (["https://a.example/"], "url"),
        (["1", "x"], "text"),
        ([], "text"),
    ],
)
def test_kind_is_guessed_from_the_values(texts: list[str], kind: str) -> None:
    assert fields.guess_kind(texts) == kind


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Shoe size", "shoe_size"),
        ("Prénom d’usage", "prenom_dusage"),
        ("Email", "email_2"),
        ("2nd name", "field_2nd_name"),
        ("名前", "field"),
    ],
)
def test_key_works_as_a_merge_tag(label: str, key: str) -> None:
    assert fields.key_for(label) == key
    assert key.isidentifier()
