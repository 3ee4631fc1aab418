"""What the columns of a file mean, guessed from their names and from what is in them."""

from collections.abc import Mapping, Sequence

from contacts.fields import guess_kind, key_for
from contacts.importing.plan import CONSENT, COUNTING, MANY_COLUMNS, Column, Status, Target
from contacts.importing.reading.cells import clean
from contacts.importing.reading.detecting import is_address
from contacts.importing.wording.judging import ColumnJudge
from contacts.importing.wording.naming import glued
from contacts.importing.wording.recognising import file_status, recognise
from contacts.models import Field

_NAMES: dict[str, str] = {
    Target.EMAIL: (
        "email emailaddress emailaddresses mail mailaddress emailadresse mailadresse adresseemail adressemail adresse "
        "courriel adressecourriel emailid subscriber subscriberemail useremail contactemail correo correoelectronico "
        "indirizzoemail epost adresseelectronique primaryemail e"
    ),
    Target.FIRST_NAME: "firstname fname vorname prenom givenname forename nombre first rufname",
    Target.LAST_NAME: "lastname lname nachname nomdefamille surname familyname zuname last apellido apellidos",
    Target.FULL_NAME: "name fullname contactname displayname nomcomplet vollername nom subscribername",
    Target.LANGUAGE: "language lang sprache langue locale idioma",
    Target.TIME_ZONE: "timezone tz zeitzone fuseauhoraire",
    Target.TAGS: "tags tag labels groupmembership etiquettes schlagworte schlagworter",
    Target.JSON: "attributes attribs attributesjson",
    Target.OPENS: "opensmaybecounted openconsent consenttoopens opentrackingconsent trackopens",
    Target.CLICKS: "clicksmaybecounted clickconsent consenttoclicks clicktrackingconsent trackclicks",
}
_TARGETS = {name: target for target, names in _NAMES.items() for name in names.split()}

# Book-keeping of other systems that nobody wants to see beside a person.
_NOISE_NAMES = (
    "memberrating latitude longitude gmtoff dstoff cc lastchanged leid euid "
    "unsubtime unsubcampaigntitle unsubreason cleantime cleancampaigntitle uuid id recordid contactid updatedat "
    "modifiedtime smsblacklisted contactowner leadstatus lists listids sent opens clicks opened "
    "clicked subscribed location lastopened lastclicked rating emailsopened emailsclicked "
    "emailsreceived links landingpages lastactivity doubleoptin doubleoptinid extid activesubscription "
    "firstpaymentat notes lastmodifieddate associatedcompanyids guessedlanguage guessedtimezone"
)
_NOISE = frozenset(_NOISE_NAMES.split())
# When and from where somebody agreed, or came to be known there: kept as it stands, as the proof.
_PROOF_NAMES = "optintime optinip optinipaddress confirmtime confirmip signupip createdat createdate addedtime joined"
_PROOF = frozenset(_PROOF_NAMES.split())
_SAMPLE = 200
# Our own exports: contacts, and the list of suppressed addresses.
_OWN_PEOPLE: Mapping[str, str] = {
    "tags": Target.TAGS,
    "lists": Target.LISTS,
    "notconfirmedon": Target.LISTS_UNCONFIRMED,
    "unsubscribedfrom": Target.LISTS_LEFT,
    "suppressed": Target.STATUS,
    "added": Target.IGNORE,
}
_OWN_SUPPRESSED: Mapping[str, str] = {
    "email": Target.EMAIL,
    "reason": Target.STATUS,
    "detail": Target.DETAIL,
    "source": Target.SOURCE,
    "since": Target.SINCE,
}
_MARKS: Sequence[tuple[str, str]] = (  # columns that together are one system's alone
    ("Mailchimp", "leid euid"),
    ("Brevo", "emailblacklisted smsblacklisted"),
    ("listmonk", "uuid attributes status"),
    ("Substack", "activesubscription emaildisabled"),
    ("HubSpot", "recordid contactowner"),
    ("MailerLite", "subscriber opens clicks"),
    ("Klaviyo", "klaviyoid email"),
    ("Klaviyo", "emailmarketingconsent emailsuppressions"),
    ("phpList", "isthissubscriberconfirmed isthissubscriberblacklisted"),
    ("Mautic", "points lastactive email"),
    ("Keila", "email data status externalid"),
    ("ActiveCampaign", "id email datecreated tags lists status"),
    ("Kit", "firstname email createdat status"),
    ("Kit", "firstname email createdat state"),
    ("Sendy", "name email joined lastactivity"),
)


def system(header: Sequence[str]) -> str:
    """The system that wrote the file, if its columns give it away."""
    names = set(map(glued, header))
    return next((name for name, marks in _MARKS if names.issuperset(marks.split())), "")


def own_export(header: Sequence[str]) -> Mapping[str, str]:
    """The columns that only our own exports have; empty: the file is somebody else's."""
    names = [glued(name) for name in header]
    if names == list(_OWN_SUPPRESSED):
        return _OWN_SUPPRESSED
    return _OWN_PEOPLE if {"lists", "unsubscribedfrom", "suppressed", "added"} <= set(names) else {}


def _own_column(target: str) -> Column:
    # Who is not suppressed has nothing there.
    return Column(target, meanings=(("", int(Status.SUBSCRIBED)),) if target == Target.STATUS else ())


def only_suppresses(header: Sequence[str]) -> bool:
    return own_export(header) is _OWN_SUPPRESSED


def everyone(
    header: Sequence[str], rows: Sequence[Sequence[str]], columns: Sequence[Column], file_name: str = ""
) -> Status:
    """What the whole file says about its people: some systems put those who left into files of their own."""
    names = set(map(glued, header))
    if {"unsubtime", "unsubreason"} & names:
        return Status.UNSUBSCRIBED
    if {"cleantime", "cleancampaigntitle"} & names:
        return Status.BOUNCED
    named = file_status(file_name)
    if named is not None:
        return Status.SUBSCRIBED if _columns_tell(columns, rows) else named
    if system(header) == "Mailchimp" and not _has_any(header, rows, ("optintime", "confirmtime")):
        return Status.UNKNOWN  # its file of people who never subscribed, renamed
    return Status.SUBSCRIBED


def _columns_tell(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column parts those who want mail from those who do not, whatever the file is called."""
    for index, column in enumerate(columns):
        if column.target in CONSENT and column.target != Target.ASK:
            judge = ColumnJudge(column)
            said = {judge(row[index]) for row in rows if index < len(row)}
            graver = {one for one in said if one is not None and one > Status.SUBSCRIBED}
            is_explanation = bool(column.meanings)  # a reason: what is not understood there tells nothing of others
            if (said & {Status.SUBSCRIBED} and graver) or (None in said and not graver and not is_explanation):
                return True
    return False


def _has_any(header: Sequence[str], rows: Sequence[Sequence[str]], names: Sequence[str]) -> bool:
    at = [index for index, name in enumerate(header) if glued(name) in names]
    return not at or not rows or any(row[index].strip() for row in rows for index in at if index < len(row))


def columns(header: Sequence[str], rows: Sequence[Sequence[str]], fields: Mapping[str, str]) -> tuple[Column, ...]:
    """A guess for each column; `fields` maps the keys of the fields there are to their labels."""
    cells = [[row[index] for row in rows if index < len(row)] for index in range(len(header))]
    samples = [_sample(rows, index) for index in range(len(header))]
    own = own_export(header)
    guessed = [
        _own_column(own[glued(name)]) if glued(name) in own else _column(name, sample, all_cells, fields)
        for name, sample, all_cells in zip(header, samples, cells, strict=True)
    ]
    guessed = _without_book_keeping(_one_address(guessed, samples), is_mailchimp=system(header) == "Mailchimp")
    guessed = _post_apart(guessed, header)
    targets = [column.target for column in guessed]
    # "Nom" and "Name" are the family name where a first name stands beside them.
    if Target.FIRST_NAME in targets and Target.LAST_NAME not in targets:
        guessed = [Column(Target.LAST_NAME) if column.target == Target.FULL_NAME else column for column in guessed]
    return _each_once(guessed)


def why_left_out(
    header: Sequence[str], rows: Sequence[Sequence[str]], fields: Mapping[str, str], guessed: Sequence[Column]
) -> list[str]:
    """For each column that `columns` left out why, in sentences, and what to choose instead; "" for the others."""
    own, found = own_export(header), [""] * len(header)
    for index, column in enumerate(guessed):
        if column.target != Target.IGNORE:
            continue
        name, sample = header[index], _sample(rows, index)
        cells = [row[index] for row in rows if index < len(row)]
        if not sample:
            found[index] = "Nothing stands in its first rows."
        elif glued(name) in own:
            found[index] = "People count as added on the day of the import."
        else:
            kind = Field.Kind(guess_kind(sample)).label
            why = _why_left_out(glued(name), _column(name, sample, cells, fields))
            found[index] = f"{why} To keep it, choose {'a field of yours or ' if fields else ''}“New field: {kind}”."
    return found


def _why_left_out(name: str, alone: Column) -> str:
    """`alone`: what the column would be if it were the only one."""
    if not name:
        return "It has no name."
    if name == "donotmail":
        return "It is about letters by post."
    if alone.target in CONSENT:
        return "Another column tells who wants mail."
    if alone.target in (Target.FIELD, Target.NEW):
        return "Another column goes to the same field."
    if alone.target != Target.IGNORE:
        return f"Another column is the one for “{Target(alone.target).label}”."
    if name in _NOISE:
        return "It looks like what the other system notes for itself."
    return "It does not tell whether somebody wants mail."


def _sample(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [text for row in rows[:_SAMPLE] if index < len(row) and (text := clean(row[index]))]


def _column(name: str, sample: list[str], cells: Sequence[str], fields: Mapping[str, str]) -> Column:
    plain_name = glued(name)
    target = _TARGETS.get(plain_name)
    if target == Target.EMAIL and (any(map(is_address, sample)) or not sample):
        return Column(target)
    if target in COUNTING:
        return Column(target)
    if (consent := recognise(name, cells)) is not None:
        return consent
    for key, label in fields.items():
        if plain_name and plain_name in (glued(key), glued(label)):
            return Column(Target.FIELD, key=key)
    if target == Target.JSON and sample and not sample[0].startswith("{"):
        target = None
    if target:
        return Column(target)
    if plain_name in _PROOF and sample:
        return Column(Target.PROOF)
    if not plain_name or plain_name in _NOISE or not sample:
        return Column()
    return Column(Target.NEW, key=key_for(name), label=name.strip()[:120], kind=guess_kind(sample))


def _without_book_keeping(guessed: list[Column], *, is_mailchimp: bool) -> list[Column]:
    """Some days of agreement are missing: a question, unless another column tells who agreed."""
    tells = is_mailchimp or any(column.target in CONSENT and column.target != Target.ASK for column in guessed)
    return [
        Column(Target.PROOF if column.kind == "date" else Target.IGNORE)
        if column.target == Target.ASK and ((column.kind == "date" and tells) or is_mailchimp)
        else column
        for column in guessed
    ]


def _post_apart(guessed: list[Column], header: Sequence[str]) -> list[Column]:
    """Beside "Do not email", "Do not mail" is about letters."""
    names = [glued(name) for name in header]
    if not any("donotemail" in name or "donotbulkemail" in name for name in names):
        return guessed
    return [Column() if name == "donotmail" else column for name, column in zip(names, guessed, strict=True)]


def _one_address(guessed: list[Column], samples: list[list[str]]) -> list[Column]:
    """Of the columns that may hold the address, the one that mostly does."""
    share = [sum(map(is_address, sample)) / len(sample) if sample else 0 for sample in samples]
    named = [index for index, column in enumerate(guessed) if column.target == Target.EMAIL]
    best = max(named or range(len(guessed)), key=lambda index: share[index], default=None)
    if best is None or (not named and share[best] < 0.5):
        return guessed
    if named and share[best] == 0 and max(share) >= 0.5:
        best = share.index(max(share))
    others = [Column() if column.target == Target.EMAIL else column for column in guessed]
    return [*others[:best], Column(Target.EMAIL), *others[best + 1 :]]


def _each_once(guessed: list[Column]) -> tuple[Column, ...]:
    seen: set[tuple[str, str]] = set()
    once: list[Column] = []
    for column in guessed:
        is_field = column.target in (Target.FIELD, Target.NEW)
        mark = (column.target, column.key if is_field else "")
        repeated = mark in seen and (is_field or column.target not in MANY_COLUMNS)
        once.append(Column() if repeated else column)
        seen.add(mark)
    return tuple(once)
