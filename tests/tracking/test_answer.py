"""“Did Ana get it?” in one sentence."""

import pytest
from django.urls import reverse

from accounts.models import Role
from delivery.models import Attempt, Message, MessageState, Waiting
from tests.web import stage
from tests.web.cast import Cast
from tracking.message_log import answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast(Role.VIEWER)


@pytest.fixture
def message(cast: Cast) -> Message:
    return stage.message(cast)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Did Ana get it?", "Ana"),
        ("did ana maria lópez receive the newsletter", "ana maria lópez"),
        ("ana@kunden.example", "ana@kunden.example"),
        ("Did", "Did"),
    ],
)
def test_a_question_names_a_person(words: str, name: str) -> None:
    assert answer.subject_of(words) == name


def said(cast: Cast) -> answer.Answer:
    return answer.answers(stage.contact(cast))[0]


def test_accepted_is_a_yes_with_the_time(cast: Cast, message: Message) -> None:
    found = said(cast)
    assert found.kind == "good"
    assert found.sentence.startswith(f"Yes: the mail server of {message.email} accepted “")
    assert "today" in found.sentence


def test_refused_is_a_no_with_the_reason_and_the_words_of_the_server(cast: Cast, message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(state=MessageState.REFUSED, accepted_at=None)
    Waiting.objects.create(
        message_id=message.pk, batch=message.batch, state=MessageState.REFUSED, category="mailbox_full"
    )
    Attempt.objects.create(
        message_id=message.pk,
        batch=message.batch,
        stage="rcpt",
        code=552,
        enhanced="5.2.2",
        text="Mailbox full",
        category="mailbox_full",
        decision="refused",
    )
    found = said(cast)
    assert found.sentence.startswith("No: ")
    assert "Why:" in found.sentence
    assert found.reply == "552 5.2.2 Mailbox full"


def test_uncertain_is_a_perhaps(cast: Cast) -> None:
    stage.uncertain(cast)
    assert said(cast).sentence.startswith("Perhaps: the connection broke")


def test_the_answer_is_found_from_anywhere(cast: Cast, message: Message) -> None:
    page = cast.browser().get(reverse("search"), {"q": "Did ana get it?"}).content.decode()
    assert "Yes: the mail server of ana@kunden.example accepted" in page
    fragment = cast.browser().get(reverse("search"), {"q": "provid"}, headers={"HX-Request": "true"}).content.decode()
    assert "Nothing and nobody found" in fragment  # whoever may only look has no such page
