import pytest

from delivery.color_scheme import shown_in

MAIL = (
    '<html><head><meta name="color-scheme" content="light dark"><style>p{color:#111}'
    "@media (prefers-color-scheme: dark){p{color:#eee}}@media screen and ( Prefers-Color-Scheme:light ){p{margin:0}}"
    "</style></head><body><p>Hi</p></body></html>"
)


@pytest.mark.parametrize(("dark", "answers"), [(True, ["min", "max"]), (False, ["max", "min"])])
def test_questions_for_the_scheme_are_answered(dark: bool, answers: list[str]) -> None:
    shown = shown_in(MAIL, dark=dark)
    assert "prefers-color-scheme" not in shown.lower()
    assert [shown[at : at + 3] for at in (shown.index("@media (") + 8, shown.index("and (") + 5)] == answers
    assert f"color-scheme:only {'dark' if dark else 'light'}" in shown


def test_mail_that_knows_no_dark_scheme_stays_as_it_is() -> None:
    plain = "<p style='color:#111'>dark</p>"
    assert shown_in(plain, dark=True) == plain
