"""A document of blocks is always whole, whatever comes in."""

from typing import Any

import pytest

from campaigns.content import blocks


def test_every_kind_begins_with_its_defaults() -> None:
    for kind in blocks.KINDS:
        block = blocks.new(kind)
        (valid,) = blocks.validate({"blocks": [block]})["blocks"]
        assert valid == block


def test_validating_twice_changes_nothing() -> None:
    once = blocks.validate({"blocks": [{"kind": "columns", "layout": "1-1-1", "columns": [[{"kind": "text"}]]}]})
    assert blocks.validate(once) == once
    assert [len(column) for column in once["blocks"][0]["columns"]] == [1, 0, 0]


def test_blocks_of_a_column_that_went_away_move_into_the_last_one() -> None:
    columns = [[{"kind": "text"}], [{"kind": "text"}], [{"kind": "divider"}]]
    document = blocks.validate({"blocks": [{"kind": "columns", "layout": "1-1", "columns": columns}]})
    kinds = [[block["kind"] for block in column] for column in document["blocks"][0]["columns"]]
    assert kinds == [["text"], ["text", "divider"]]


def test_values_out_of_range_fall_back() -> None:
    document = blocks.validate(
        {
            "blocks": [
                {"kind": "spacer", "height": 9_999, "id": "a"},
                {"kind": "heading", "level": "7", "text": "a\n b\0", "evil": 1, "id": "a"},
                {"kind": "text", "html": "<p onclick=x>hi<script>x</script></p>"},
            ],
            "style": {"colour": "red", "background": "#ABCDEF"},
        }
    )
    spacer, heading, text = document["blocks"]
    assert spacer["height"] == 120
    assert (heading["level"], heading["text"], "evil" in heading) == ("1", "a b", False)
    assert text["html"] == "<p>hi</p>"
    assert spacer["id"] != heading["id"]
    assert document["style"]["colour"] == ""
    assert document["style"]["background"] == "#abcdef"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"blocks": {}},
        {"blocks": [{"kind": "nope"}]},
        {"blocks": ["text"]},
        {"version": 2, "blocks": []},
        {"blocks": [{"kind": "columns", "columns": [[{"kind": "columns"}]]}]},
        {"blocks": [{"kind": "columns", "columns": [[{"kind": "footer"}]]}]},
        {"blocks": [{"kind": "divider"}] * 201},
        {"blocks": [], "style": "x"},
    ],
)
def test_document_nobody_could_have_made_is_refused(document: Any) -> None:
    with pytest.raises(blocks.Invalid):
        blocks.validate(document)


def test_walk_reaches_into_columns() -> None:
    document = blocks.validate({"blocks": [{"kind": "columns", "columns": [[{"kind": "text"}]]}, {"kind": "footer"}]})
    assert [block["kind"] for block in blocks.walk(document)] == ["columns", "text", "footer"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("shop.test/x", "https://shop.test/x"),
        (" www.straße.de ", "https://www.straße.de"),
        ("shop.test:8080", "https://shop.test:8080"),
        ("ana@shop.test", "mailto:ana@shop.test"),
        ("https://shop.test", "https://shop.test"),
        ("tel:+49", "tel:+49"),
        ("{{ website }}", "{{ website }}"),
        ("shop.test/{{ city }}", "https://shop.test/{{ city }}"),
        ("offer.html", "offer.html"),
        ("page", "page"),
    ],
)
def test_a_link_without_its_scheme_is_completed(typed: str, kept: str) -> None:
    (block, *_) = blocks.validate({"blocks": [{"kind": "button", "url": typed}]})["blocks"]
    assert block["url"] == kept


@pytest.mark.parametrize("kind", sorted(blocks.WORDS))
def test_a_new_block_says_nothing_yet(kind: str) -> None:
    block = blocks.new(kind)
    assert not blocks.says(block)
    assert not blocks.says(block | {"html": "<p> </p>"})
    assert blocks.KINDS[kind].field(blocks.WORDS[kind]).example
    assert blocks.says(block | {blocks.WORDS[kind]: "<p>x</p>"})
