"""What to do next, for figures as they come."""

import pytest

from delivery.policy.advice import About, Figures, Told, advise, by_figure

MANY = {"accepted": 50_000}


@pytest.mark.parametrize(
    ("figures", "lane", "kind", "words"),
    [
        (Figures(accepted=60, complained=5), "other", "none", "Too few"),
        (Figures(accepted=50_000, complained=150), "yahoo", "bad", "mark it as spam"),
        (Figures(accepted=50_000, complained=149), "yahoo", "warn", "Near the line"),
        (Figures(accepted=50_000, complained=50), "yahoo", "warn", "Near the line"),
        (Figures(accepted=50_000, complained=49), "yahoo", "good", "Nothing to do"),
        (Figures(accepted=200, complained=1), "other", "good", "Nothing to do"),  # a slip of a finger
        (Figures(accepted=9_900, refused=100, blocked=100), "microsoft", "bad", "takes your mail for spam"),
        (Figures(accepted=99, refused=1, blocked=1), "other", "good", "Nothing to do"),
        (Figures(accepted=9_500, refused=500, dead=500), "other", "bad", "do not exist"),
        (Figures(accepted=9_800, refused=200, dead=200), "other", "warn", "getting old"),
        (Figures(accepted=9_900, refused=100, dead=100), "other", "good", "Nothing to do"),
        (Figures(accepted=1_000, soft=50), "other", "warn", "full or refuse for now"),
        (Figures(accepted=1_000, soft=49), "other", "good", "Nothing to do"),
        (Figures(accepted=800, put_off=200), "other", "wait", "come later"),
        (Figures(accepted=800, put_off=199), "other", "good", "Nothing to do"),
        (Figures(accepted=0, refused=500, dead=500), "other", "bad", "do not exist"),
        (Figures(**MANY), "gmail", "good", "Postmaster Tools"),
        (Figures(**MANY), "microsoft", "good", "Junk Mail Reporting"),
        (Figures(**MANY), "yahoo", "good", "Complaint Feedback Loop"),
        (Figures(**MANY), "apple", "good", "Nothing to do"),
        (Figures(accepted=50_000, complained=1), "yahoo", "good", "Nothing to do"),
        (Figures(), "other", "none", "Too few"),
    ],
)
def test_the_gravest_is_said_first(figures: Figures, lane: str, kind: str, words: str) -> None:
    advice = advise(figures, About.MAILBOX, lane=lane)
    assert (advice.kind, words in advice.text) == (kind, True), advice.text


@pytest.mark.parametrize(
    ("about", "words"), [(About.DOMAIN, "SPF, DKIM and DMARC"), (About.PROVIDER, "Ask the provider")]
)
def test_who_can_mend_a_block_depends_on_where_it_is(about: About, words: str) -> None:
    assert words in advise(Figures(accepted=900, refused=100, blocked=100), about).text


def test_each_figure_has_a_step_of_its_own_and_the_graver_of_two() -> None:
    figures = Figures(accepted=9_000, refused=1_000, blocked=500, dead=600, soft=900, complained=20, put_off=9_000)
    steps = {told: (step.kind, step.text) for told, step in by_figure(figures).items()}
    for told, kind, words in (
        (Told.ACCEPTED, "bad", "taken for spam"),
        (Told.PUT_OFF, "wait", "Servers often ask to come later"),
        (Told.BOUNCED, "bad", "do not exist"),
        (Told.COMPLAINED, "warn", "Near the line"),
    ):
        assert (steps[told][0], words in steps[told][1]) == (kind, True), steps[told]
    assert {step.kind for step in by_figure(Figures(accepted=1_000)).values()} == {"good"}
    assert {step.kind for step in by_figure(Figures(accepted=10)).values()} == {"none"}


def test_a_day_over_a_line_is_named_though_all_days_together_are_not() -> None:
    whole = Figures(accepted=50_000, dead=100)
    fine, small = ("1 Nov", Figures(accepted=49_000)), ("2 Nov", Figures(accepted=99, dead=50))
    old, older = ("12 Nov", Figures(accepted=1_000, dead=36)), ("3 Nov", Figures(accepted=1_000, dead=20))
    gone = ("4 Nov", Figures(accepted=900, refused=100, dead=60))

    def bounced(*days: tuple[str, Figures]) -> tuple[str, str]:
        step = by_figure(whole, days)[Told.BOUNCED]
        return step.kind, step.text

    assert bounced(fine, small) == (
        "good",
        "Nothing to do: no day of 100 mails or more "
        "had 2.0\u00a0% of the addresses gone or 5.0\u00a0% bounced for now.",
    )
    kind, text = bounced(fine, old)
    assert (kind, text.partition(".")[0]) == ("warn", "12 Nov: Addresses are getting old")
    assert bounced(older, old)[1].startswith("12 Nov and 1 day before: Addresses")
    kind, text = bounced(older, gone, old)
    assert (kind, text.partition(".")[0]) == ("bad", "4 Nov: Many addresses do not exist")
    assert by_figure(Figures(accepted=1_000, dead=20), [fine])[Told.BOUNCED].text.startswith("Addresses")
