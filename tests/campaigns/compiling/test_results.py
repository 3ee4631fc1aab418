"""Drafts compiled outside the web process: each once, and a death is a sentence on the page."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from campaigns.compiling import results
from campaigns.compiling.recent import Recent
from campaigns.compiling.workshop import Workshop
from campaigns.content import blocks, drawing, html, mjml
from campaigns.content.drawing import Compiled
from campaigns.content.html import Unusable
from campaigns.message import plaintext
from campaigns.models import Campaign
from tests.campaigns.content import every_kind

PAGE = "<style>p { color: red }</style><p onclick=x()>Hello {{ first_name }}, <a href='https://a.test/'>go</a></p>"


@pytest.fixture
def slow_compiler(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Real limits around a compiler that does not come back."""
    cache.clear()
    workshop = Workshop("tests.campaigns.compiling.slow_compiler")
    monkeypatch.setattr(results, "_WORKSHOP", workshop)
    yield
    workshop.close()
    cache.clear()


def test_page_is_what_the_compiler_makes_in_this_process() -> None:
    found = results.of_html(PAGE, "First words")
    here = html.prepare(PAGE)
    assert found.html == html.with_preheader(here.html, "First words")
    assert found.text == plaintext.from_html(found.html)
    assert (found.removed, found.left) == (here.removed, here.left)


def test_mail_of_blocks_is_what_the_compiler_makes_in_this_process() -> None:
    document = blocks.validate({"blocks": [blocks.new("heading") | {"text": "Hi {{ city }}"}, blocks.new("footer")]})
    brand = mjml.Brand("Nordlicht", "Hafenstraße 7")
    assert results.of_drawing(mjml.draw(document, brand, title="T")).html == mjml.compile(document, brand, title="T")


def test_same_words_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    document = blocks.validate({"blocks": [blocks.new("heading") | {"text": "Once {{ city }}"}]})
    first = results.of_drawing(mjml.draw(document, mjml.Brand()))
    closed = Workshop("tests.campaigns.compiling.no_such_steps")
    monkeypatch.setattr(results, "_WORKSHOP", closed)
    assert results.of_drawing(mjml.draw(document, mjml.Brand())) == first
    with pytest.raises(Unusable, match="too busy"):
        results.of_drawing(mjml.draw(document, mjml.Brand(), title="Other"))
    closed.close()


def test_a_change_in_one_block_compiles_that_block_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    asked: list[int] = []
    run = results._WORKSHOP.run

    def counted(step: str, job: dict[str, list[object]]) -> dict[str, object]:
        asked.append(len(job["pieces"]))
        return run(step, job)

    monkeypatch.setattr(results._WORKSHOP, "run", counted)
    monkeypatch.setattr(results, "_PIECES", Recent(1_000_000))
    written = [blocks.new("heading") | {"text": f"Heading {number}", "id": f"b{number}"} for number in range(60)]
    for _ in range(2):
        page = results.of_drawing(mjml.draw(blocks.validate({"blocks": written}), mjml.Brand("Alone")))
        written[30]["text"] = "Other words {{ city }}"
    assert asked == [60 + 2, 1]  # with the frame and the section, which is the same eight times
    assert "Other words {{ city }}" in page.html
    assert page.text.count("\n\n") == 59


_EDITS = st.sampled_from(["text", "html", "label", "band", "align", "level", "devices", "when_tag"])
_WORDS = st.sampled_from(
    ["", "Words", "<b>{{ city }}</b> & é", "{% if city %}x{% endif %}", "tint", "center", "2", "phone"]
)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 40), _EDITS, _WORDS, st.booleans()), min_size=1, max_size=4))
def test_after_any_edit_the_mail_is_what_compiling_all_of_it_makes(edits: list[tuple[int, str, str, bool]]) -> None:
    document = every_kind.document()
    results.of_drawing(mjml.draw(document, every_kind.BRAND))
    for number, field, words, is_moved in edits:
        written = document["blocks"]
        block = written[number % len(written)]
        block[field] = words
        if is_moved:
            written.remove(block)
            written.insert(len(written) // 2, block)
        document = blocks.validate(document)
        edited = results.of_drawing(mjml.draw(document, every_kind.BRAND, with_examples=True), marked=True)
        whole = mjml.draw(document, every_kind.BRAND, with_examples=True)
        compiled = {piece.key: drawing.compiled(*piece.as_job()) for piece in whole.all()}
        anew = partial(_of, compiled)
        assert edited.html == drawing.page_of(whole, anew, marked=True)
        assert edited.text == drawing.text_of(whole, anew)


def _of(compiled: dict[str, Compiled], piece: drawing.Piece) -> Compiled:
    return compiled[piece.key]


def test_recently_compiled_pieces_are_kept_up_to_a_size() -> None:
    kept = Recent(100)
    kept.set_many({key: Compiled(("x" * 40,)) for key in "ab"})
    assert set(kept.get_many("ab")) == {"a", "b"}
    kept.get_many("a")
    kept.set_many({"c": Compiled(("x" * 40,))})
    assert set(kept.get_many("abc")) == {"a", "c"}


@pytest.mark.usefixtures("slow_compiler")
def test_death_of_the_compiler_is_a_finding_and_never_an_error(
    marketer: User, client_for: Callable[[User], Client]
) -> None:
    """Takes the two seconds of computing that one mail may use, once for all pages."""
    campaign = Campaign.objects.create(
        name="Slow", subject="S", content_kind="html", html=PAGE, sender_email="news@nordlicht.example"
    )
    client = client_for(marketer)
    for page in ("", "mail/", "ready/", "content/"):
        assert client.get(f"/campaigns/{campaign.pk}/{page}").status_code == 200
    assert "style sheet could not be read in time" in client.get(f"/campaigns/{campaign.pk}/").content.decode()
    launched = client.post(f"/campaigns/{campaign.pk}/launch/", {"version": campaign.version})
    assert launched.status_code < 500
    campaign.refresh_from_db()
    assert campaign.is_draft
