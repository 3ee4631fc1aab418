"""A comparison means what its author means, whatever kind of value a contact's record holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.merge import language


def chosen(condition: str, **values: object) -> bool:
    template = f"{{% if {condition} %}}yes{{% else %}}no{{% endif %}}"
    assert language.check(template) == []
    return language.render(template, values, "text") == "yes"


@pytest.mark.parametrize(
    ("condition", "values", "holds"),
    [
        ("age > 20", {"age": "100"}, True),
        ("age > 20", {"age": "9"}, False),
        ("age > 20", {"age": 100}, True),
        ('age > "20"', {"age": "100"}, True),
        ('age > "20"', {"age": 100}, True),
        ("20 < age", {"age": "100"}, True),
        ("20 < age < 90", {"age": "100"}, False),
        ("20 < age <= 100", {"age": "100.0"}, True),
        ("age > 20", {}, False),
        ("age < 20", {}, False),
        ("not age < 20", {}, True),
        ("age > 20", {"age": "old"}, False),
        ("age < 20", {"age": "old"}, False),
        ("age == 100", {"age": "100"}, True),
        ("age != 100", {"age": "100"}, False),
        ("age == 100", {}, False),
        ("age != 100", {}, True),
        ('zip == "07"', {"zip": "7"}, False),
        ("born > '1990-01-01'", {"born": "1990-03-05"}, True),
        ("vip == true", {"vip": "yes"}, True),
        ("vip == 'no'", {"vip": False}, True),
        ('"Paris" in city', {}, False),
        ('"Paris" in city', {"city": None}, False),
        ('"Paris" not in city', {}, True),
        ('not "Paris" in city', {}, True),
        ('"Paris" in city', {"city": "Paris, 5e"}, True),
        ("city in 'Paris, Lyon'", {"city": "Lyon"}, True),
        ("city in 'Paris, Lyon'", {}, False),
        ("5 in sizes", {"sizes": ["5", "7"]}, True),
        ("5 in code", {"code": 1500}, True),
        ('"a" in tags and age > 20', {"tags": ["a"], "age": "30"}, True),
        ('("a" in tags or vip) and not (age > 20)', {"vip": True, "age": "30"}, False),
        ("city|lower == 'bonn'", {"city": "Bonn"}, True),
        ("age|default(30) > 20", {}, True),
        ("(age|default(30 if vip else 9)) > 20", {"vip": True}, True),
        ("first ~ last == 'ab'", {"first": "a", "last": "b"}, True),
        ("city is defined and age > 20", {"city": "x", "age": "21"}, True),
        ("city is not defined", {}, True),
        ("a == b", {}, True),
    ],
)
def test_a_condition_holds_as_its_author_means_it(condition: str, values: dict[str, object], holds: bool) -> None:
    assert chosen(condition, **values) is holds


def test_comparisons_work_in_outputs_and_loops() -> None:
    assert language.render('{{ "old" if age > 20 else "young" }}', {"age": "100"}, "text") == "old"
    loop = "{% for one in sizes if one > 20 %}{{ one }} {% endfor %}"
    assert language.render(loop, {"sizes": ["9", "100", 30]}, "text") == "100 30 "
    assert language.render(loop, {}, "text") == ""


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.sampled_from(["<", ">", "<=", ">=", "==", "!="]))
def test_numbers_compare_alike_as_numbers_and_as_texts(one: int, other: int, sign: str) -> None:
    template = f"{{{{ 'y' if a {sign} b else 'n' }}}}"
    shown = {
        language.render(template, {"a": left, "b": right}, "text")
        for left in (one, str(one))
        for right in (other, str(other))
        if sign not in {"==", "!="} or not (isinstance(left, str) and isinstance(right, str))
    }
    assert len(shown) == 1
