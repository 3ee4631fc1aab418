"""What the actors find: people, campaigns, mail on its way, made by the product's own functions."""

import io
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image as Picture

from campaigns.content.images import library
from campaigns.models import Campaign, Image
from campaigns.multilingual import changing
from campaigns.sample_data import samples
from campaigns.sending import launching, revising
from campaigns.test_mails import sending
from contacts import consent
from contacts.models import Contact, Field, MailingList
from delivery import tokens
from delivery.ledger import building
from delivery.models import Batch, Chunk, Message, MessageState, Provider, Returned, ReturnMailbox, SandboxMail
from tests.delivery import checkpoints
from tests.delivery.feedback import returned as reports
from tests.running import free_port
from tests.web.cast import Cast
from tracking.models import Event, EventKind

MAIL = (
    b"From: Nordlicht <news@nordlicht.example>\r\nTo: ana@kunden.example\r\nSubject: What we read\r\n"
    b'Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello <a href="https://shop.example/">shop</a></p>\r\n'
)
POLISH_NAME = "Żółć Gżegżółka-Brzęczyszczykiewicz"
ARABIC_NAME = "نشرة محمد عبد الرحمن الأسبوعية"
LONG_NAME = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def mailing_list(cast: Cast) -> MailingList:
    return cast.once("list", lambda: MailingList.objects.create(name="Newsletter", description=LONG_NAME))


def contact(cast: Cast) -> Contact:
    """Subscribed, with a value in the field and a long name."""

    def make() -> Contact:
        person = Contact.objects.create(
            email="ana@kunden.example",
            first_name="محمد",
            last_name=LONG_NAME,
            attributes={field(cast).key: "Köln"},
        )
        lists = [mailing_list(cast).pk]
        consent.subscribe(person, lists=lists, channel="hand", by=cast.owner, text="asked at the fair")
        return person

    return cast.once("contact", make)


def field(cast: Cast) -> Field:
    return cast.once("field", lambda: Field.objects.create(key="city", label="City"))


def campaign(cast: Cast) -> Campaign:
    """A draft that is ready to go, to its owner and to the contact."""

    def make() -> Campaign:
        samples.begin(organisation=cast.organisation, owner=cast.owner, with_sample=False)
        made = Campaign.objects.get(name=samples.FIRST_MAIL)
        contact(cast)
        made.lists.add(mailing_list(cast))
        _readers(cast, made)
        return made

    return cast.once("campaign", make)


def _readers(cast: Cast, of: Campaign) -> None:
    """A list with an Arabic and one with a German name, with a Polish reader on both."""
    person, _ = Contact.objects.get_or_create(
        email="zolc.gzegzolka-brzeczyszczykiewicz@poczta-polska.example",
        defaults={
            "first_name": POLISH_NAME,
            "last_name": "Łódź",
            "attributes": {"tags": [ARABIC_NAME, LONG_NAME, POLISH_NAME]},
        },
    )
    lists = [MailingList.objects.create(name=name) for name in (ARABIC_NAME, LONG_NAME)]
    consent.subscribe(person, lists=[one.pk for one in lists], channel="hand", by=cast.owner, text=POLISH_NAME)
    of.lists.add(*lists)


def sample_campaign(cast: Cast) -> Campaign:
    draft = campaign(cast)
    Campaign.objects.filter(pk=draft.pk).update(is_sample=True)
    return draft


def first_block(cast: Cast) -> str:
    return str(campaign(cast).blocks["blocks"][0]["id"])


def provider(cast: Cast) -> Provider:
    return cast.once(
        "provider",
        lambda: Provider.objects.create(name="Relay", host="127.0.0.1", port=free_port(), security="none"),
    )


def return_mailbox(cast: Cast, name: str = LONG_NAME, **state: Any) -> ReturnMailbox:
    """On a port where nothing listens."""

    def make() -> ReturnMailbox:
        username = f"bounces+{LONG_NAME}@example.org"
        mailbox = ReturnMailbox(name=name[:80], host="127.0.0.1", port=free_port(), username=username, **state)
        mailbox.secret = "an app password"
        mailbox.save()
        return mailbox

    return cast.once(f"mailbox {name}", make)


def launched(cast: Cast, state: str = Batch.State.SENDING) -> Campaign:
    """To real people through the relay. Nobody works on it, so it stays as it is; its mails differ in outcome."""

    def make() -> Campaign:
        made = launching.duplicate(campaign(cast), by=cast.owner)
        Campaign.objects.filter(pk=made.pk).update(provider=provider(cast))
        made.refresh_from_db()
        batch = launching.launch(made, by=cast.owner)
        if state != Batch.State.BUILDING:
            Batch.objects.filter(pk=batch.pk).update(hold_until=timezone.now())
            batch.refresh_from_db()
            building.build(batch.pk)
            Batch.objects.filter(pk=batch.pk).update(state=state, started_at=timezone.now())
        return Campaign.objects.get(pk=made.pk)

    return cast.once(f"launched {state}", make)


def rehearsal(cast: Cast) -> Campaign:
    """Over, with everybody accepted by the sandbox."""

    def make() -> Campaign:
        made = launching.duplicate(campaign(cast), by=cast.owner)
        batch = launching.launch(made, by=cast.owner)
        building.build(batch.pk)
        done = {"state": Batch.State.DONE, "started_at": timezone.now(), "finished_at": timezone.now()}
        Batch.objects.filter(pk=batch.pk).update(**done)
        return Campaign.objects.get(pk=made.pk)

    return cast.once("rehearsal", make)


def revision(cast: Cast) -> Campaign:
    """New words for those whom the paused campaign has not reached."""
    return cast.once("revision", lambda: revising.begin(launched(cast, Batch.State.PAUSED), by=cast.owner))


def translation(cast: Cast) -> Campaign:
    """A draft's words in German."""

    def make() -> Campaign:
        whole = launching.copy_of(campaign(cast), "In two languages", by=cast.owner)
        return changing.add(whole, "de", by=cast.owner)

    return cast.once("translation", make)


def batch(cast: Cast) -> Batch:
    found = launched(cast).batch
    assert found is not None
    return found


def message(cast: Cast) -> Message:
    """The contact's mail, accepted."""

    def make() -> Message:
        found = Message.objects.get(batch=batch(cast), email=contact(cast).email)
        checkpoints.write(_chunk(found), [(found.pk, MessageState.ACCEPTED)])
        found.refresh_from_db()
        return found

    return cast.once("message", make)


def returned(cast: Cast) -> Returned:
    """The contact's mail came back from where it was forwarded to, for now: who is dead gets no mail of others."""

    def make() -> Returned:
        raw = reports.full(message(cast), recipient=f"old.{LONG_NAME[:40].lower()}@weiter.example", note=ARABIC_NAME)
        return reports.hand_in(raw)

    return cast.once("returned", make)


def uncertain(cast: Cast) -> Message:
    """The contact's mail of a paused campaign: its connection broke before the answer, and a scanner looked at it."""

    def make() -> Message:
        paused = launched(cast, Batch.State.PAUSED).batch
        found = Message.objects.get(batch=paused, email=contact(cast).email)
        checkpoints.write(_chunk(found), [(found.pk, MessageState.UNCERTAIN)])
        Event.objects.create(
            at=timezone.now(),
            kind=EventKind.OPEN,
            message_id=found.pk,
            batch=found.batch,
            is_machine=True,
            verdict="scanner",
        )
        return found

    return cast.once("uncertain", make)


def _chunk(of: Message) -> Chunk:
    return Chunk.objects.get(batch=of.batch_id, first_id__lte=of.pk, last_id__gte=of.pk)


def test_message(cast: Cast) -> Message:
    return cast.once(
        "test message",
        lambda: sending.send_tests(campaign(cast), to=["me@nordlicht.example"], as_contact=None, by=cast.owner)[0],
    )


def unsubscribe_token(cast: Cast) -> dict[str, Any]:
    found = message(cast)
    assert found.contact_id is not None
    return {"token": tokens.seal(tokens.UNSUBSCRIBE, found.contact_id, found.batch_id)}


def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Picture.new("RGB", (40, 20), "#225588").save(drawn, "PNG")
    return SimpleUploadedFile("blue.png", drawn.getvalue(), content_type="image/png")


def image(cast: Cast) -> Image:
    return cast.once("image", lambda: library.store(picture(), "blue.png", "A blue field", cast.owner))


def sandbox_mail(cast: Cast) -> SandboxMail:
    return cast.once(
        "sandbox mail",
        lambda: SandboxMail.objects.create(
            envelope_from="news@nordlicht.example",
            envelope_to="ana@kunden.example",
            sender="Nordlicht <news@nordlicht.example>",
            subject="What we read",
            size_bytes=len(MAIL),
            raw=zlib.compress(MAIL),
        ),
    )
