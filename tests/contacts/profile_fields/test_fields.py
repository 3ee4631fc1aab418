"""A field's life in the browser: made, filled in, used, changed for everybody, deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaigns.models import Campaign
from contacts.models import Contact, Field, FieldChange, Segment
from contacts.profile_fields import changing, counting, slices, working
from contacts.segments import asking, compiling
from contacts.segments.rules import Group, Match, Rule, read, write

pytestmark = pytest.mark.django_db

NEW = {"email": "ada@example.com", "open_consent": "unknown", "click_consent": "unknown"}


@pytest.fixture
def browser(client_for: Callable[[User], Client], marketer: User) -> Client:
    return client_for(marketer)


def text(response: Any) -> str:
    return str(response.content.decode())


def done(change: FieldChange) -> FieldChange:
    working.work(change.pk)
    change.refresh_from_db()
    return change


def inside(segment: Segment) -> set[str]:
    about = asking.known()
    assert not list(compiling.problems(read(segment.rules), about))
    return set(Contact.objects.filter(asking.is_in(segment.pk)).values_list("email", flat=True))


def segment(name: str, **values: str) -> Segment:
    return Segment.objects.create(name=name, rules=write(Group(Match.ALL, (Rule("profile", values),))))


def test_every_kind_is_typed_shown_exported_and_asked_for(browser: Client) -> None:
    made = {"label": "Music", "kind": "choices", "options": "Jazz\nRock \n jazz\nFolk, old"}
    assert browser.post("/contacts/fields/new/", made | {"options": " "}).status_code == 422
    browser.post("/contacts/fields/new/", made)
    browser.post("/contacts/fields/new/", {"label": "Tier", "kind": "choice", "options": "Gold\nSilver"})
    for kind in ("number", "date", "boolean", "url"):
        Field.objects.create(key=kind, label=kind, kind=kind)
    assert Field.objects.get(key="music").options == ["Jazz", "Rock", "Folk, old"]
    typed = {
        "field_music": ["Jazz", "Folk, old"],
        "field_tier": "Gold",
        "field_number": "1,5",
        "field_date": "2026-03-12",
        "field_boolean": "no",
        "field_url": "https://example.com/",
    }
    assert "This choice is not offered any more" in text(browser.post("/contacts/new/", NEW | {"field_tier": "Bronze"}))
    browser.post("/contacts/new/", NEW | typed)
    Contact.objects.create(email="ben@example.com", attributes={"music": ["Rock"], "tier": "Silver"})
    ada = Contact.objects.get(email="ada@example.com")
    assert ada.attributes == {
        "music": ["Jazz", "Folk, old"],
        "tier": "Gold",
        "number": 1.5,
        "date": "2026-03-12",
        "boolean": False,
        "url": "https://example.com/",
    }
    page = text(browser.get(ada.get_absolute_url()))
    assert "Jazz, &quot;Folk, old&quot;" in page
    assert ">No<" in page
    assert 'value="Folk, old" id="id_field_music_2" checked' in text(browser.get(f"/contacts/{ada.pk}/edit/"))
    exported = b"".join(browser.post("/contacts/export/").streaming_content).decode()  # type: ignore[attr-defined]
    assert '"Jazz, ""Folk, old""",1.5,2026-03-12,No,https://example.com/,Gold' in exported
    for values, who in (
        ({"field": "field:music", "how": "is", "value": "Jazz"}, {"ada@example.com"}),
        ({"field": "field:music", "how": "is-not", "value": "Jazz"}, {"ben@example.com"}),
        (
            {"field": "field:music", "how": "one-of", "value": 'Rock, "Folk, old"'},
            {"ada@example.com", "ben@example.com"},
        ),
        ({"field": "field:music", "how": "every", "value": "Rock, Jazz"}, set()),
        ({"field": "field:tier", "how": "is", "value": "Silver"}, {"ben@example.com"}),
    ):
        assert inside(segment(str(values), **values)) == who
    assert '<option value="Silver"' in text(browser.get(f"/segments/{Segment.objects.latest('pk').pk}/edit/"))


def test_numbers_and_order_on_the_page_of_fields(browser: Client) -> None:
    city, visits = (Field.objects.create(key=key, label=key, position=n) for n, key in enumerate(("city", "visits")))
    for n in range(3):
        Contact.objects.create(email=f"p{n}@example.com", attributes={"city": "Ulm"} if n else {})
    browser.post("/contacts/fields/order/", {"move": f"up:{visits.pk}"})
    page = text(browser.get("/contacts/fields/"))
    assert page.index(">visits<") < page.index(">city<")
    assert 'data-label="People">2</td>' in page
    browser.post("/contacts/fields/order/", {"order": f"{city.pk},x,{visits.pk},9999"})
    assert list(Field.objects.values_list("key", flat=True)) == ["city", "visits"]


def test_another_kind_is_foretold_then_run_and_what_does_not_fit_is_kept(browser: Client) -> None:
    born = Field.objects.create(key="born", label="Born")
    for n, value in enumerate(("24/12/1999", "03/04/2001", "soon", 5)):
        Contact.objects.create(email=f"p{n}@example.com", attributes={"born": value, "other": 1})
    Contact.objects.create(email="nobody@example.com", attributes={"other": 1})
    browser.post(f"/contacts/fields/{born.pk}/kind/", {"kind": "date"})
    change = done(FieldChange.objects.get())
    page = text(browser.get(change.get_absolute_url()))
    assert (change.state, change.counts["people"], change.counts["misfits"]) == ("ready", 2, 2)
    assert "“<bdi>soon</bdi>”" in page
    assert "3 April" in page
    assert Contact.objects.get(email="p0@example.com").attributes["born"] == "24/12/1999"
    browser.post(f"{change.get_absolute_url()}start/", {"misfits": "keep"})
    change.refresh_from_db()
    assert done(change).state == "done"
    values = list(Contact.objects.order_by("pk").values_list("attributes", flat=True))
    assert values == [
        {"born": "1999-12-24", "other": 1},
        {"born": "2001-04-03", "other": 1},
        {"born_as_it_was": "soon", "other": 1},
        {"born_as_it_was": "5", "other": 1},
        {"other": 1},
    ]
    assert Field.objects.get(key="born").kind == "date"
    assert Field.objects.get(key="born_as_it_was").label == "Born (as it was)"
    browser.post(f"{change.get_absolute_url()}start/", {"misfits": "drop"})  # pressed twice
    assert done(change).state == "done"


def test_values_kept_of_a_field_with_a_long_name_find_a_key_of_their_own() -> None:
    long = Field.objects.create(key="y" * 58, label="y" * 100)
    Field.objects.create(key="y" * 55 + "_2", label="Kept before")
    ada = Contact.objects.create(email="ada@example.com", attributes={long.key: "soon"})
    change = done(changing.begin(long, "kind", by=None, to="number"))
    changing.start(change, keep=True)
    done(change)
    ada.refresh_from_db()
    assert ada.attributes == {"y" * 55 + "_3": "soon"}


def test_text_in_two_spellings_becomes_one_choice(browser: Client) -> None:
    town = Field.objects.create(key="town", label="Town")
    for n, value in enumerate(("berlin", "Berlin", "Berlin", "Ulm")):
        Contact.objects.create(email=f"p{n}@example.com", attributes={"town": value})
    browser.post(f"/contacts/fields/{town.pk}/kind/", {"kind": "choice"})
    change = done(FieldChange.objects.get())
    browser.post(f"{change.get_absolute_url()}start/")
    done(change)
    town.refresh_from_db()
    assert town.options == ["Berlin", "Ulm"]
    values = Contact.objects.order_by("pk").values_list("attributes__town", flat=True)
    assert list(values) == ["Berlin", "Berlin", "Berlin", "Ulm"]


def test_a_change_killed_halfway_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch, browser: Client) -> None:
    monkeypatch.setattr(working, "SLICE", 2)
    size = Field.objects.create(key="size", label="Size")
    for n in range(5):
        Contact.objects.create(email=f"p{n}@example.com", attributes={"size": str(n)})
    browser.post(f"/contacts/fields/{size.pk}/kind/", {"kind": "number"})
    change = done(FieldChange.objects.get())
    browser.post(f"{change.get_absolute_url()}start/")
    change.refresh_from_db()
    write_slice, calls = slices.write, list[int]()

    def killed(key: str, rows: Any) -> int:
        calls.append(len(rows))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write_slice(key, rows)

    monkeypatch.setattr(slices, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        working.work(change.pk)
    change.refresh_from_db()
    assert (change.state, change.counts["changed"]) == ("running", 2)
    assert (done(change).state, change.counts["changed"]) == ("done", 5)
    assert [contact.attributes["size"] for contact in Contact.objects.order_by("pk")] == [0, 1, 2, 3, 4]


def test_choices_are_renamed_and_removed_for_people_and_segments(browser: Client) -> None:
    music = Field.objects.create(key="music", label="Music", kind="choices", options=["Jazz", "Rock", "Pop"])
    ada = Contact.objects.create(email="ada@example.com", attributes={"music": ["Jazz", "Pop"]})
    ben = Contact.objects.create(email="ben@example.com", attributes={"music": ["Pop"]})
    listeners = segment("Listeners", field="field:music", how="one-of", value="Jazz, Rock")
    browser.post(f"/contacts/fields/{music.pk}/choice/", {"old": "Jazz", "new": "Swing", "do": "rename"})
    assert done(FieldChange.objects.get()).state == "done"
    listeners.refresh_from_db()
    assert listeners.rules["parts"][0]["values"]["value"] == "Swing, Rock"
    assert inside(listeners) == {"ada@example.com"}
    browser.post(f"/contacts/fields/{music.pk}/choice/", {"old": "Pop", "do": "remove"})
    removal = done(FieldChange.objects.get(act="remove"))
    assert removal.counts["people"] == 2
    browser.post(f"{removal.get_absolute_url()}start/", {"new": "Rock"})
    removal.refresh_from_db()
    assert done(removal).state == "done"
    music.refresh_from_db()
    assert music.options == ["Swing", "Rock"]
    assert [Contact.objects.get(pk=one.pk).attributes for one in (ada, ben)] == [
        {"music": ["Swing", "Rock"]},
        {"music": ["Rock"]},
    ]


def test_a_field_in_use_is_not_deleted_and_an_unused_one_goes_with_its_values(browser: Client) -> None:
    city = Field.objects.create(key="city", label="City")
    ada = Contact.objects.create(email="ada@example.com", attributes={"city": "Ulm", "shop": "x"})
    Campaign.objects.create(name="Spring", subject="Hello {{ city }}")
    asks = segment("In Ulm", field="field:city", how="is", value="Ulm")
    page = text(browser.get(city.get_absolute_url()))
    assert "In Ulm" in page
    assert "Spring" in page
    browser.post(f"/contacts/fields/{city.pk}/delete/")
    assert Field.objects.exists()
    asks.delete()
    browser.post(f"/contacts/fields/{city.pk}/delete/")
    assert done(FieldChange.objects.get()).counts["changed"] == 1
    ada.refresh_from_db()
    assert (ada.attributes, Field.objects.exists()) == ({"shop": "x"}, False)


def test_choices_come_in_by_an_import(run: Callable[..., Any]) -> None:
    Field.objects.create(key="music", label="Music", kind="choices", options=["Jazz"])
    run("Email,Music\nada@example.com,Jazz; Rock\n")
    assert Contact.objects.get().attributes == {"music": ["Jazz", "Rock"]}
    counting.count()
    music = Field.objects.get()
    assert (music.options, music.chosen, music.people) == (["Jazz", "Rock"], {"Jazz": 1, "Rock": 1}, 1)
