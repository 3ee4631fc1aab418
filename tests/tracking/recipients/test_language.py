import pytest

from tracking.recipients import brand, language


@pytest.mark.parametrize(
    ("own", "accepted", "chosen"),
    [
        ("de", "fr", "de"),
        ("de-AT", "", "de"),
        ("PT_br", "", "pt"),
        ("", "ja;q=0.5, ar;q=0.9", "ar"),
        ("", "sv, pl;q=0.3", "pl"),
        ("xx", "it", "it"),
        ("", "*", "en"),
        ("", "nonsense;;q=,", "en"),
        ("", "de;q=0, nl;q=0.1", "nl"),
        ("../../etc", "", "en"),
        ("", "de," * 100_000, "de"),
        ("", "", "en"),
    ],
)
def test_the_person_s_language_comes_first_then_the_browser_s(own: str, accepted: str, chosen: str) -> None:
    assert language.choose(own, accepted) == chosen


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#ffe600", "#1f4fa8", "#7f7f7f", "#ff00ff"])
def test_any_colour_of_an_organisation_can_be_read_in_both_themes(colour: str) -> None:
    from accounts.brands.colours import contrast

    found = brand.of(colour)
    assert min(contrast(found.light, ground) for ground in ("#ffffff", "#fbfaf8")) >= 4.5
    assert min(contrast(found.dark, ground) for ground in ("#1d2024", "#16181b")) >= 4.5
    assert min(contrast(found.light, found.on_light), contrast(found.dark, found.on_dark)) >= 4.5
