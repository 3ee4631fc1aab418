"""What the columns of a file mean, guessed from their names and from what is in them."""

import unicodedata
from collections.abc import Mapping, Sequence

from contacts.fields import guess_kind, key_for
from contacts.importing.detecting import is_address
from contacts.importing.plan import Column, Status, Target

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
    Target.STATUS: "status subscriptionstatus emailstatus subscriberstatus contactstatus statut etat state",
    Target.OPTED_OUT: (
        "emailblacklisted emaildisabled blacklisted blocklisted optedout optout unsubscribed hasoptedoutofemail "
        "unsubscribedfromallemail emailoptout optedoutofallemail abgemeldet desinscrit desabonne"
    ),
    Target.TAGS: "tags tag etiquettes schlagworte schlagworter",
    Target.JSON: "attributes attribs attributesjson",
}
_TARGETS = {name: target for target, names in _NAMES.items() for name in names.split()}

# Book-keeping of other systems that nobody wants to see beside a person.
_NOISE_NAMES = (
    "memberrating optintime optinip confirmtime confirmip latitude longitude gmtoff dstoff cc lastchanged leid euid "
    "unsubtime unsubcampaigntitle unsubreason cleantime cleancampaigntitle uuid id recordid createdat updatedat "
    "addedtime modifiedtime smsblacklisted createdate contactowner leadstatus lists listids sent opens clicks opened "
    "clicked subscribed location signupip optinipaddress lastopened lastclicked rating emailsopened emailsclicked "
    "emailsreceived links landingpages joined lastactivity doubleoptin doubleoptinid extid activesubscription "
    "firstpaymentat notes lastmodifieddate associatedcompanyids"
)
_NOISE = frozenset(_NOISE_NAMES.split())
_SYSTEMS: Mapping[str, frozenset[str]] = {
    "Mailchimp": frozenset({"leid", "euid"}),
    "Brevo": frozenset({"emailblacklisted", "smsblacklisted"}),
    "listmonk": frozenset({"uuid", "attributes", "status"}),
    "Substack": frozenset({"activesubscription", "emaildisabled"}),
    "HubSpot": frozenset({"recordid", "contactowner"}),
    "MailerLite": frozenset({"subscriber", "opens", "clicks"}),
    "Kit": frozenset({"firstname", "email", "createdat", "status"}),
    "Sendy": frozenset({"name", "email", "joined", "lastactivity"}),
}


def plain(name: str) -> str:
    """A column's name without case, accents, blanks and marks."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "".join(mark for mark in letters if mark.isalnum())


def system(header: Sequence[str]) -> str:
    """The system that wrote the file, if its columns give it away."""
    names = set(map(plain, header))
    return next((name for name, marks in _SYSTEMS.items() if marks <= names), "")


def everyone(header: Sequence[str]) -> Status:
    """What the whole file says about its people: Mailchimp puts those who left into files of their own."""
    names = set(map(plain, header))
    if {"unsubtime", "unsubreason"} & names:
        return Status.UNSUBSCRIBED
    if {"cleantime", "cleancampaigntitle"} & names:
        return Status.BOUNCED
    return Status.SUBSCRIBED


def columns(header: Sequence[str], rows: Sequence[Sequence[str]], fields: Mapping[str, str]) -> tuple[Column, ...]:
    """A guess for each column; `fields` maps the keys of the fields there are to their labels."""
    samples = [_sample(rows, index) for index in range(len(header))]
    guessed = [_column(name, sample, fields) for name, sample in zip(header, samples, strict=True)]
    guessed = _one_address(guessed, samples)
    targets = [column.target for column in guessed]
    # "Nom" and "Name" are the family name where a first name stands beside them.
    if Target.FIRST_NAME in targets and Target.LAST_NAME not in targets:
        guessed = [Column(Target.LAST_NAME) if column.target == Target.FULL_NAME else column for column in guessed]
    return _each_once(guessed)


def _sample(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index].strip() for row in rows if index < len(row) and row[index].strip()]


def _column(name: str, sample: list[str], fields: Mapping[str, str]) -> Column:
    word = plain(name)
    for key, label in fields.items():
        if word and word in (plain(key), plain(label)):
            return Column(Target.FIELD, key=key)
    target = _TARGETS.get(word)
    if target == Target.JSON and sample and not sample[0].startswith("{"):
        target = None
    if target:
        return Column(target)
    if not word or word in _NOISE or not sample:
        return Column()
    return Column(Target.NEW, key=key_for(name), label=name.strip()[:120], kind=guess_kind(sample))


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
        mark = (column.target, column.key) if column.target in (Target.FIELD, Target.NEW) else (column.target, "")
        repeated = mark in seen and column.target not in (Target.IGNORE, Target.OPTED_OUT)
        once.append(Column() if repeated else column)
        seen.add(mark)
    return tuple(once)
