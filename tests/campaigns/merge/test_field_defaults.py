"""A field's default is said where a tag names no fallback of its own."""

import pytest

from campaigns.merge import field_defaults, language


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("Hello {{ city }}.", "Hello O'Hare & \N{RIGHT DOUBLE QUOTATION MARK}so\N{RIGHT DOUBLE QUOTATION MARK}."),
        ("{{- city|upper }}", "O'HARE & \N{RIGHT DOUBLE QUOTATION MARK}SO\N{RIGHT DOUBLE QUOTATION MARK}"),
        ('{{city | default("there")}}', "there"),
        ("{{ city|upper|default('there') }}", "there"),
        ("{% if city %}known{% else %}unknown{% endif %}", "unknown"),
        ("{{ town }}|{{ cityname }}", "|"),
        ('{{ city if city else "nowhere" }}', "nowhere"),
    ],
)
def test_default_of_a_field_fills_the_gap_and_never_beats_the_tags_own(template: str, said: str) -> None:
    written = field_defaults.written(template, {"city": 'O\'Hare & "so"'})
    assert language.render(written, {"city": "  "}, "text") == said


def test_who_has_a_value_reads_it() -> None:
    written = field_defaults.written("{{ city }}", {"city": "your town"})
    assert language.render(written, {"city": "Lisbon"}, "text") == "Lisbon"
    assert not language.without_fallback(written)


def test_several_choices_read_as_a_list_and_are_asked_one_by_one() -> None:
    template = '{{ music }}: {% if "Jazz" in music %}yes{% else %}no{% endif %}'
    assert language.render(template, {"music": ["Acid Jazz", "Rock"]}, "text") == "Acid Jazz, Rock: no"
    assert language.render(template, {"music": ["Jazz"]}, "text") == "Jazz: yes"
