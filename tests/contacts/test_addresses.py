import pytest

from contacts.addresses import InvalidAddress, key, normalise, suggestion


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada.Lovelace@EXAMPLE.com", "Ada.Lovelace@example.com"),
        ("  ada@example.com \n", "ada@example.com"),
        ("Ada Lovelace <ada@example.com>", "ada@example.com"),
        ("mailto:ada@example.com", "ada@example.com"),
        ("ada@example.com.", "ada@example.com"),
        ("\ufeffada@exam\u200bple.com", "ada@example.com"),
        ("ada+news@sub.example.co.uk", "ada+news@sub.example.co.uk"),
        ("o'neill@example.ie", "o'neill@example.ie"),
        ("zoë@müller.example", "zoë@xn--mller-kva.example"),
        ("Zoë.MÜLLER@example.org", "Zoë.MüLLER@example.org"),
        ("x@例え.jp", "x@xn--r8jz45g.jp"),
        ("x@例え。jp", "x@xn--r8jz45g.jp"),
        ("x@straße.de", "x@xn--strae-oqa.de"),
        ("x@exam\u200dple.com", "x@example.com"),
        ("x@نامه\u200cای.com", "x@xn--mgba3gch31f060k.com"),
    ],
)
def test_address_is_stored_the_same_however_it_is_typed(typed: str, stored: str) -> None:
    assert normalise(typed) == stored
    assert normalise(stored) == stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "no address"),
        ("ada", "has an @"),
        ("ada@@example.com", "only one @"),
        ("ada lovelace@example.com", "no spaces"),
        ("ada@exam\x00ple.com", "no spaces or control"),
        ("@example.com", "before the @"),
        ("ada@", "after the @"),
        ("ada@example", "no ending"),
        (".ada@example.com", "before the @"),
        ("a..b@example.com", "before the @"),
        ("ada@-example.com", "not a domain"),
        ("ada@exa_mple.com", "not a domain"),
        ("ada@127.0.0.1", "not a domain"),
        ("ada@xn--zz.de", "not a domain"),
        ("ada@XN--a.de", "not a domain"),
        ("ada@example.com\r\nBcc: eve@example.com", "no spaces"),
        ("a" * 65 + "@example.com", "longer than 64"),
        ("ada@" + "a" * 60 + "." + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + "." + "e" * 20 + ".com", "254"),
        ("ada,bob@example.com", "before the @"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(InvalidAddress) as refusal:
        normalise(typed)
    assert reason in refusal.value.reason


def test_a_slip_of_the_fingers_is_recognised() -> None:
    assert suggestion("Ada@gmial.com") == "Ada@gmail.com"
    assert suggestion("ada@hotmial.com") == "ada@hotmail.com"
    assert suggestion("ada@gmail.com") is None


def test_a_hostile_address_is_judged_at_once() -> None:
    with pytest.raises(InvalidAddress):
        normalise("a@" + "a-" * 100_000 + "!")


def test_two_spellings_have_one_key() -> None:
    assert key(normalise("ADA@Example.com")) == key(normalise("ada@example.COM"))
