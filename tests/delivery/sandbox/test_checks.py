"""What mail programs and filters may dislike."""

import pytest

from delivery.sandbox.checks import clients, features, hints
from delivery.sandbox.reading import Reading

HTML = """<!doctype html><html><head><style>
@media (prefers-color-scheme: dark) { p:hover > a::before { color: var(--ink); width: calc(100% - 2vw) } }
.x { display: flex; border-radius: 4px !important; background: linear-gradient(red, blue) }
</style></head><body><video src="x"></video><img src="https://x.example/a.webp?b" srcset="c 2x">
<p style="position: absolute; margin-inline-start: 2px">Hi</p><input type="checkbox"><a href="#top">Up</a></body>
</html>"""


def test_features_are_found_by_the_names_of_the_tables() -> None:
    wanted = (
        "css-at-media css-at-media-prefers-color-scheme css-pseudo-class-hover css-selector-child css-variables "
        "css-pseudo-element-before css-unit-calc css-unit-vw css-display-flex css-border-radius css-important "
        "css-linear-gradient html-video image-webp html-srcset css-position css-margin-inline-start-end "
        "html-input-checkbox html-anchor-links"
    )
    assert set(wanted.split()) <= set(features.used(HTML))


def test_what_programs_of_many_readers_ignore_comes_first_and_plain_html_has_no_problem() -> None:
    checked = clients.check(HTML)
    flexible = next(problem for problem in checked.problems if "flex" in problem.title)
    assert any(name.startswith("Outlook") for name in flexible.ignored_by)
    assert checked.problems[0].is_grave
    assert min(program.percent for program in checked.programs) < 100
    assert not [problem for problem in clients.check("<p>Hello</p>").problems if problem.is_grave]


@pytest.mark.parametrize("html", ["<style>" * 3_000, "<p style='" + "{" * 20_000, "<style>@media{" * 500, "a:b" * 9])
def test_hostile_html_is_checked_without_an_error(html: str) -> None:
    clients.check(html)


def test_habits_of_spam_are_named_and_a_good_mail_has_none() -> None:
    bad = (
        b"Subject: RE: WIN A PRIZE NOW!!\r\nContent-Type: text/html\r\n\r\n"
        b'<a href="https://evil.example/x">https://bank.example</a><a href="https://bit.ly/x">Here</a>'
    )
    found = " ".join(hint.text for hint in hints.of(Reading(bad), is_ours=False))
    for part in ("capitals", "exclamation", "pretends to be an answer", "leads to evil.example", "bit.ly"):
        assert part in found
    nested = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" * 5_000
    assert "too nested" in " ".join(hint.text for hint in hints.of(Reading(nested), is_ours=False))
    good = (
        b"Subject: Your order\r\nContent-Type: text/html\r\n\r\n" + b'<a href="https://shop.example">shop.example</a>'
    )
    assert not [hint for hint in hints.of(Reading(good), is_ours=False) if not hint.is_rule]
