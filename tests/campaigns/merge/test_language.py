"""The merge language does what marketers need and nothing else."""

import pytest

from campaigns.merge import language
from campaigns.merge.language import Broken


@pytest.mark.parametrize(
    ("template", "values", "shown"),
    [
        ("Hi {{ first_name }}", {"first_name": "Ana"}, "Hi Ana"),
        ('Hi {{ first_name|default("there") }}!', {}, "Hi there!"),
        ('Hi {{ first_name|default("there") }}!', {"first_name": None}, "Hi there!"),
        ('Hi {{ first_name|default("there") }}!', {"first_name": "  "}, "Hi there!"),
        ("Hi {{ first_name|default(&quot;there&quot;) }}", {}, "Hi there"),
        ("{{ city|upper }} {{ city|lower }} {{ city|title }}", {"city": "são paulo"}, "SÃO PAULO são paulo São Paulo"),
        ("{{ name|title }}", {"name": "MCDONALD"}, "Mcdonald"),
        ("{{ name|title }}", {"name": "ian McDonald"}, "Ian McDonald"),
        ("{{ points|number }}", {"points": 12345.5}, "12,345.5"),
        ("{{ points|number(2) }}", {"points": "7"}, "7.00"),
        ("{{ born|date }} {{ born|date('day') }}", {"born": "1990-03-05"}, "5 Mar 1990 5 March"),
        ("{{ born|date }}", {"born": "soon"}, "soon"),
        ("{{ born|date('weekday') }} {{ born|date('year') }}", {"born": "1990-03-05T10:00"}, "Monday, 5 March 1990"),
        ('{{ total|currency("EUR") }} {{ total|currency("jpy") }}', {"total": "1234.5"}, "€1,234.50 ¥1,234"),
        ('{{ total|currency("CHF") }}', {"total": -5}, "-CHF\N{NO-BREAK SPACE}5.00"),
        ("{{ total|currency(paid_in) }}", {"total": 5, "paid_in": "GBP"}, "£5.00"),
        ('{{ total|currency("EUR") }}', {"total": "nothing yet"}, "nothing yet"),
        ('{{ n }} {{ n|plural("ticket", "tickets") }}', {"n": 1}, "1 ticket"),
        ('{{ n }} {{ n|plural("ticket", "tickets") }}', {"n": "0"}, "0 tickets"),
        ('{{ n|default(2)|plural("ticket", "tickets") }}', {}, "tickets"),
        ("{{ bio|truncate(6) }}", {"bio": "a long story"}, "a lon…"),
        ("{% if city %}in {{ city }}{% else %}out there{% endif %}", {"city": "Bonn"}, "in Bonn"),
        ("{% if city %}in {{ city }}{% else %}out there{% endif %}", {"city": " "}, "out there"),
        ("{%- if vip -%} yes {%- endif -%}", {"vip": True}, "yes"),
        ("{{ vip }} {{ count }} {{ share }}", {"vip": False, "count": 3.0, "share": 0.25}, "no 3 0.25"),
        ('{{ "x" if a == "1" else "y" }}', {"a": "2"}, "y"),
        ("a {# no comment #} b {#id{x:y}", {}, "a {# no comment #} b {#id{x:y}"),
        ('{{ a|default("}}") }}', {}, "}}"),
        ('{{ "say \\"hi\\"" }}', {}, 'say "hi"'),
    ],
)
def test_template_says_what_it_should(template: str, values: dict[str, object], shown: str) -> None:
    assert language.check(template) == []
    assert language.render(template, values, "text") == shown


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("Hi {{ first_name", "does not end"),
        ("{{ }}", "empty"),
        ("{{ settings.SECRET_KEY }}", "nothing inside it"),
        ("{{ ''.__class__ }}", "nothing inside it"),
        ("{{ a['b'] }}", "nothing inside it"),
        ("{{ __import__ }}", "There is no “__import__”"),
        ("{{ lipsum() }}", "merge tags call nothing"),
        ("{% for x in range(9) %}{% endfor %}", "merge tags call nothing"),
        ("{% debug %}", "only if and for"),
        ("{% include 'x' %}", "only if and for"),
        ("{% extends 'x' %}", "only if and for"),
        ("{% macro x() %}{% endmacro %}", "only if and for"),
        ("{% raw %}{{ x }}{% endraw %}", "only if and for"),
        ("{% set a = 1 %}", "cannot contain “=”"),
        ("{{ 7*7 }}", "do not compute"),
        ("{{ 9**9**9 }}", "do not compute"),
        ("{{ a|attr('b') }}", "There is no filter “attr”"),
        ('{{ a|currency("EURO") }}', "There is no currency “EURO”"),
        ("{% if a %}{{ a|currency('') }}{% endif %}", "There is no currency “”"),
        ("{{ a|currency }}", 'currency("EUR")'),
        ("{{ a|currency() }}", 'currency("EUR")'),
        ("{{ a|upper|plural }}", 'plural("ticket", "tickets")'),
        ("{{ a|default:'x' }}", "in brackets"),
        ("{{ a|default(“x”) }}", "straight quotes"),
        ("{{ a b }}", "cannot be read"),
        ("{{ a|default('x', 'y') }}", "more than it takes"),
        ("{% if a %}x", "never closed"),
        ("x{% endif %}", "endif too many"),
        ("{% if %}x{% endif %}", "do not fit"),
        ("{% if a %}" * 5000, "40 levels deep"),
        ("{% if a %}x" + "{% elif b %}y" * 41 + "{% endif %}", "each elif counts as one"),
        ("{% if a %}{% endif %}" * 2001, "2,000 if, elif and for"),
        ("{{ " + "(" * 30 + "a" + ")" * 30 + " }}", "20 levels deep"),
        ("{{ a" + "|upper" * 60 + " }}", "100 words and signs; this one has 121"),
        ("{% for a in x %}" + "long " * 1000 + "{% endfor %}", "more than 500,000 characters"),
        ("{% for a in x %}" * 4 + "." + "{% endfor %}" * 4, "takes too long"),
        ("x" * 600_000, "longer than"),
    ],
)
def test_template_that_reaches_too_far_gets_a_clear_answer(template: str, words: str) -> None:
    (problem,) = language.check(template)
    assert words in problem.text
    assert "Traceback" not in problem.text


_IN_EVERY_LANGUAGE = (
    "{{ day|date('long') }} · {{ day|date('weekday') }} · {{ points|number }} · {{ points|number(2) }}"
    " · {{ points|currency('EUR') }} · {{ points|currency('CHF') }}"
)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("en", "5 March 2026 · Thursday, 5 March · 12,345.5 · 12,345.50 · €12,345.50 · CHF_12,345.50"),
        ("de", "5. März 2026 · Donnerstag, 5. März · 12.345,5 · 12.345,50 · 12.345,50_€ · 12.345,50_CHF"),
        ("fr", "5 mars 2026 · jeudi 5 mars · 12~345,5 · 12~345,50 · 12~345,50_€ · 12~345,50_CHF"),
        ("ar", "5 مارس 2026 · الخميس، 5 مارس · 12,345.5 · 12,345.50 · >12,345.50_€ · >12,345.50_CHF"),
        ("pt-BR", "5 de março de 2026 · quinta-feira, 5 de março · 12.345,5 · 12.345,50 · €_12.345,50 · CHF_12.345,50"),
        ("no such language", "5 March 2026 · Thursday, 5 March · 12,345.5 · 12,345.50 · €12,345.50 · CHF_12,345.50"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "{{% if day %}}{}{{% endif %}}"])
def test_dates_numbers_and_amounts_follow_the_language_of_the_mail(code: str, shown: str, around: str) -> None:
    signs = str.maketrans({"_": "\N{NO-BREAK SPACE}", "~": "\N{NARROW NO-BREAK SPACE}", ">": "\N{RIGHT-TO-LEFT MARK}"})
    values = {"day": "2026-03-05", "points": 12345.5}
    template = around.format(_IN_EVERY_LANGUAGE)
    assert language.render(template, values, "text", code) == shown.translate(signs)


@pytest.mark.parametrize(
    ("code", "words", "by_count"),
    [
        ("en", ("ticket", "tickets"), {0: "tickets", 1: "ticket", 2: "tickets", 1.5: "tickets"}),
        ("de", ("Karte", "Karten"), {0: "Karten", 1: "Karte", 21: "Karten"}),
        ("fr", ("billet", "billets"), {0: "billet", 1: "billet", 2: "billets", 1_000_000: "billets"}),
        ("ru", ("билет", "билета", "билетов"), {1: "билет", 3: "билета", 5: "билетов", 11: "билетов", 21: "билет"}),
        ("cs", ("lístek", "lístky", "lístku", "lístků"), {1: "lístek", 4: "lístky", 1.5: "lístku", 5: "lístků"}),
        (
            "ar",
            ("لا تذاكر", "تذكرة", "تذكرتان", "تذاكر", "تذكرةً", "تذكرةٍ"),
            {0: "لا تذاكر", 1: "تذكرة", 2: "تذكرتان", 3: "تذاكر", 11: "تذكرةً", 100: "تذكرةٍ"},
        ),
        ("ja", ("枚",), {1: "枚", 5: "枚"}),
    ],
)
def test_plural_follows_the_rule_of_the_language(code: str, words: tuple[str, ...], by_count: dict[float, str]) -> None:
    listed = ", ".join(map(repr, words))
    template = f"{{{{ n|plural({listed}) }}}}"
    assert {n: language.render(template, {"n": n}, "text", code) for n in by_count} == by_count


def test_south_asian_numbers_are_grouped_by_twos() -> None:
    assert language.render("{{ n|number }}", {"n": 1234567.25}, "text", "hi") == "12,34,567.25"


def test_problem_says_where_it_is() -> None:
    (problem,) = language.check("Dear all,\n\nhi {{ first_name.x }}, good day")
    assert problem.line == 3
    assert problem.near == "{{ first_name.x }}"


def test_broken_template_is_never_rendered() -> None:
    with pytest.raises(Broken):
        language.render("{{ a.b }}", {"a": {"b": "secret"}})


def test_tags_used_are_those_the_template_asks_for() -> None:
    template = "{{ a|default('z') }} {% if b and not c == 'd' %}{% for e in f %}{{ e }}{% endfor %}{% endif %}"
    assert language.tags_used(template) == {"a", "b", "c", "f"}


def test_tags_without_fallback_are_those_that_may_leave_a_gap() -> None:
    template = "{{ a }} {{ b|default('x') }} {% if c %}{{ c }} {{ d }}{% endif %} {{ e|upper }}"
    assert language.without_fallback(template) == {"a", "d", "e"}


@pytest.mark.parametrize(
    ("template", "value", "shown"),
    [
        ("<p>{{ x }}</p>", '"><img src=x onerror=1>', "<p>&quot;&gt;&lt;img src=x onerror=1&gt;</p>"),
        ('<a href="{{ x }}">', "javascript:alert(1)", '<a href="">'),
        ('<a href="{{ x }}">', "https://a.test/?q=1&r=ü", '<a href="https://a.test/?q=1&amp;r=%C3%BC">'),
        ('<a href="{{ x }}">', "a.test/b", '<a href="https://a.test/b">'),
        ('<a href="https://a.test/?q={{ x }}&amp;z=1">', "a b&c", '<a href="https://a.test/?q=a%20b%26c&amp;z=1">'),
        ('<p title="{{ x }}">', 'a" onclick="b', '<p title="a&quot; onclick=&quot;b">'),
        ("<p title={{ x }}>", "a onclick=b", "<p title=aonclickb>"),
        ('<p style="color:{{ x }}">', "red;background:url(//a)", '<p style="color:redbackgroundurla">'),
        ("<style>p{color:{{ x }}}</style>", "}</style><script>", "<style>p{color:stylescript}</style>"),
        ('<a href="{% if x %}{{ x }}{% endif %}">', "https://a.test/", '<a href="https://a.test/">'),
    ],
)
def test_value_is_harmless_wherever_it_stands(template: str, value: str, shown: str) -> None:
    assert language.render(template, {"x": value}) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Ana", "Ana"), ("Ana  Lu ", "Ana Lu"), ("Zoë", "Zoë"), ("=?u?q?a?=", "=?u?q?a?="), (7, "7"), (" ", "you")],
)
def test_a_subject_s_values_stand_on_one_line_or_give_way_to_the_default(name: object, shown: str) -> None:
    assert language.render('For {{ x|default("you") }}', {"x": name}, "header") == f"For {shown}"


def test_header_value_cannot_add_a_header() -> None:
    assert language.render("Hi {{ x }}", {"x": "a\r\nBcc: b@c.test\0"}, "header") == "Hi a Bcc: b@c.test"


def test_nothing_around_the_template_is_reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", "canary-4711")
    for name in ("env", "CANARY", "request", "settings", "self", "config", "environ", "globals", "loop", "cycler"):
        assert language.render(f"{{{{ {name} }}}}", {}) == ""
