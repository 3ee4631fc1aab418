import pytest

from contacts.importing.columns import guessing
from contacts.importing.plan import Column, Status

MAILCHIMP = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TIMEZONE,LEID,EUID"
)


def targets(header: str, row: str, delimiter: str = ",", fields: dict[str, str] | None = None) -> list[str]:
    found = guessing.columns(header.split(delimiter), [row.split(delimiter)], fields or {})
    return [column.target for column in found]


_ = ""

EXPORTS = {
    "mailchimp": (
        f"{MAILCHIMP},TAGS",
        "a@x.com,A,B,2,,,,,,1,1,VIP",
        ["email", "first_name", "last_name", _, _, _, _, _, "time_zone", _, _, "tags"],
    ),
    "listmonk": (
        "uuid,email,name,attributes,status",
        '1,a@x.com,A B,{"c":1},enabled',
        [_, "email", "full_name", "json", "status"],
    ),
    "brevo": (
        "EMAIL,LASTNAME,FIRSTNAME,EMAIL_BLACKLISTED",
        "a@x.com,B,A,No",
        ["email", "last_name", "first_name", "opted_out"],
    ),
    "kit": ("first_name,email,created_at,status", "A,a@x.com,2022,active", ["first_name", "email", "proof", "status"]),
    "hubspot": (
        "Record ID,First Name,Last Name,Email,Lead Status",
        "1,A,B,a@x.com,NEW",
        [_, "first_name", "last_name", "email", _],
    ),
    "substack": ("email,active_subscription,email_disabled", "a@x.com,false,false", ["email", _, "opted_out"]),
    "mailerlite": (
        "Subscriber,Name,Last name,Opens,Clicks",
        "a@x.com,A,B,1,2",
        ["email", "full_name", "last_name", _, _],
    ),
    "sendy": (
        "Name,Email,Joined,Last activity,Status",
        "A B,a@x.com,x,y,Subscribed",
        ["full_name", "email", "proof", _, "status"],
    ),
    "german": (
        "Vorname,Name,E-Mail-Adresse,Ort",
        "A,B,a@x.com,Ulm",
        ["first_name", "last_name", "email", "new"],
    ),
    "french": (
        "Prénom,Nom,Courriel,Langue",
        "A,B,a@x.com,fr",
        ["first_name", "last_name", "email", "language"],
    ),
    "unknown": ("What,Who", "x,a@x.com", ["new", "email"]),
}


@pytest.mark.parametrize(("header", "row", "expected"), EXPORTS.values(), ids=EXPORTS)
def test_columns_of_known_systems_are_understood(header: str, row: str, expected: list[str]) -> None:
    assert targets(header, row) == expected


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            MAILCHIMP,
            "a@x.com,A,B,2,2023-01-01 10:00:00,192.0.2.1,2023-01-02,192.0.2.2,,1,1",
            "OPTIN_TIME OPTIN_IP CONFIRM_TIME CONFIRM_IP",
        ),
        ("uuid,email,name,attributes,status,created_at", "1,a@x.com,A,{},enabled,2023-01-01T10:00:00Z", "created_at"),
        ("Subscriber,Status,Opens,Clicks,Subscribed", "a@x.com,Active,1,1,2023-01-01 10:00:00", "Subscribed"),
        ("E-Mail,Newsletter,Einwilligung am", "a@x.com,ja,03.04.2021", "Einwilligung_am"),
        ("email,opt_in,opt_in_ip,consent source", "a@x.com,yes,192.0.2.1,our form", "opt_in_ip consent_source"),
    ],
)
def test_when_from_where_and_how_somebody_agreed_is_taken_as_proof(header: str, row: str, expected: str) -> None:
    found = zip(header.split(","), targets(header, row), strict=True)
    assert [name.replace(" ", "_") for name, target in found if target == "proof"] == expected.split()


def test_labels_of_an_address_book_are_tags() -> None:
    header = "First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value"
    assert targets(header, "A,B,* myContacts ::: Chor,* Home,a@x.com")[2] == "tags"


def test_a_field_there_is_already_takes_its_column() -> None:
    assert guessing.columns(["Email", "Shoe Size"], [["a@x.com", "4"]], {"shoe_size": "Shoe size"})[1] == Column(
        "field", key="shoe_size"
    )


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        (f"{MAILCHIMP},UNSUB_TIME,UNSUB_REASON", Status.UNSUBSCRIBED),
        (f"{MAILCHIMP},CLEAN_TIME,CLEAN_CAMPAIGN_TITLE", Status.BOUNCED),
        (MAILCHIMP, Status.SUBSCRIBED),
    ],
)
def test_a_whole_file_of_mailchimp_tells_what_its_people_are(header: str, meaning: Status) -> None:
    assert guessing.everyone(header.split(","), [], ()) == meaning
    assert guessing.system(header.split(",")) == "Mailchimp"
