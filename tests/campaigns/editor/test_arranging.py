from typing import Any

import pytest

from campaigns.content import blocks
from campaigns.editor import arranging
from campaigns.editor.arranging import Place


def document() -> Any:
    return blocks.validate(
        {
            "blocks": [
                {"id": "a", "kind": "heading", "text": "One"},
                {"id": "b", "kind": "columns", "columns": [[{"id": "c", "kind": "text", "html": "<p>Two</p>"}], []]},
                {"id": "d", "kind": "footer"},
            ]
        }
    )


def order(found: Any) -> list[str]:
    return [block["id"] for block in blocks.walk(found)]


def test_block_moves_up_and_down_and_stops_at_the_ends() -> None:
    assert order(arranging.move(document(), "a", 1)) == ["b", "c", "a", "d"]
    assert order(arranging.move(document(), "a", -1)) == ["a", "b", "c", "d"]
    assert order(arranging.move(document(), "d", 1)) == ["a", "b", "c", "d"]


def test_block_goes_into_a_column() -> None:
    block = blocks.new("button")
    changed = arranging.insert(document(), block, Place(0, "b", 1))
    assert arranging.place_of(changed, block["id"]) == Place(0, "b", 1)


def test_removed_block_comes_back_to_its_place() -> None:
    place = arranging.place_of(document(), "c")
    block = arranging.find(document(), "c")
    removed = arranging.remove(document(), "c")
    assert order(removed) == ["a", "b", "d"]
    assert arranging.insert(removed, block, place) == document()


def test_copy_stands_below_with_ids_of_its_own() -> None:
    changed, copy_id = arranging.duplicate(document(), "b")
    assert [block["kind"] for block in changed["blocks"]] == ["heading", "columns", "columns", "footer"]
    assert changed["blocks"][2]["id"] == copy_id
    assert len(set(order(changed))) == 6


def test_values_of_a_block_are_checked_and_the_original_stays() -> None:
    before = document()
    changed = arranging.update(before, "c", {"html": "<p>New</p><script>x</script>"})
    assert arranging.find(changed, "c")["html"] == "<p>New</p>"
    assert arranging.find(before, "c")["html"] == "<p>Two</p>"


def test_block_that_is_gone_is_said_so() -> None:
    for act in (arranging.find, arranging.remove, arranging.duplicate, arranging.place_of):
        with pytest.raises(arranging.NoSuchBlock):
            act(document(), "zzz")
    with pytest.raises(arranging.NoSuchBlock):
        arranging.insert(document(), blocks.new("text"), Place(0, "b", 7))
