"""How systems and languages speak of consent: stems in names of columns and files, and words in their cells.

Names are compared as `naming.glued` writes them (no case, accents, blanks or marks), cells as `naming.plain` does.
Order matters: what is found by an earlier concept is taken out before the next one looks, so that "unsubscribed" is
not also "subscribed".
"""

import re
from enum import Enum

from contacts.importing.plan import Status
from contacts.importing.wording.naming import words


class Concept(Enum):
    UNCONFIRMED = "unconfirmed"
    LEFT = "left"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    BLOCKED = "blocked"
    CONFIRMED = "confirmed"
    AGREED = "agreed"
    STATUS = "status"
    WEAK = "weak"  # of consent only where the cells say yes and no


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STEMS: dict[Concept, str] = {
    Concept.UNCONFIRMED: (
        "unconfirm notconfirm notyetconfirm nonconfirm pending unverif notverif unbestatig nichtbestatig enattente "
        "noconfirm sinconfirmar pendiente inattesa dabestatigen nietbevestigd niepotwierdz naoconfirm pendente "
        "neoverifi awaitingconfirm неподтвержд"
    ),
    Concept.LEFT: (
        # English
        "unsub optout optedout optsout optingout optoff donotmail donotemail dontemail donotsend dontsend donotcontact "
        "dontcontact donotmarket donotpromote donotbulkemail nomail noemail nomarketing nonewsletter nobulk nocontact "
        "notsubscribed nonsubscri neversubscri notoptedin nooptin nooptedin notoptin noconsent nopermission "
        "consentwithdrawn withdrew withdrawn withdrawal revok objected objection cancelledat canceledat cancellation "
        "leavetime leftat leftlist leftthelist hasleft leavedate leaveat signedoff signoff removedfrom removaldate "
        "removedat stopmail stoptime stopdate stopstatus refus declin excluded excludefrom globalsuppression "
        # German
        "abgemeldet abmeld abbestell ausgetragen austragung widerruf widerspr werbesperre keinewerbung keinemail "
        "keinnewsletter keinenewsletter keinemarketing nichtangemeldet gekundigt werbeverbot nichtanschreiben "
        # French
        "desinscri desabonn oppose opposition resili nepascontacter nepasenvoyer stopemail noninscri nonabonn "
        # Spanish, Portuguese
        "dadodebaja debaja fechabaja desuscri dessuscri noenviar nocontactar nosuscri noinscrit anulad cancelad "
        "descadastr desinscr dessubscri naoenviar naocontactar naoinscrit removido removida datadesaida rechaz recus "
        # Italian
        "disiscri cancellat cancellazione disdett noncontattare noniscritt revoca rifiut "
        # Dutch
        "afgemeld afmeld uitgeschreven uitschrijv uitschrijf opgezegd nietmailen geenmail geennieuwsbrief geenreclame "
        # Polish
        "wypisan wypisa wypisz rezygn odsubskry niewysyla brakzgody cofniet wycofan "
        # Nordic, Czech, Hungarian, Romanian, Turkish, Russian, Japanese, Chinese
        "avregistrer avprenum avmeld frameld odhlasen odhlasit leiratkoz dezabon abonelikiptal "
        "отписа отписк отказ 配信停止 登録解除 購読解除 退会 退订"
    ),
    Concept.COMPLAINED: (
        "complain spam abuse junk beschwer plainte queja reclamo reclamacao denunci klacht skarg segnalazion "
        "feedbackloop жалоб"
    ),
    Concept.BOUNCED: (
        "bounce undeliver nondeliver notdeliver unzustell nichtzustell invalidemail emailinvalid invalidaddress "
        "bademail cleaned cleantime cleandate cleancampaign rebot rejet rimbalz odbit odrzucon devolvid rucklauf "
        "unreach nichterreich ongeldig nieprawidlow quarantin erronee"
    ),
    Concept.BLOCKED: (
        "blacklist blocklist blocked blockedat isblock suppress banned gesperrt sperrliste sperrvermerk "
        "blockiert bloque "
        "bloccat bloqu geblokkeerd zablokowan listanegra listanera listenoire schwarzeliste zwartelijst czarnalista "
        "disabled deactivat inactiv inaktiv deaktiv desactiv disattiv desativ inativ uitgeschakeld nieaktywn archived "
        "deleted deletedat robinson gdprdelete geloscht eliminad supprime usuniet excluid verwijderd stopped "
        "onhold snooz suspend "
        "заблокир удален"
    ),
    Concept.CONFIRMED: (
        "doubleoptin doubleopt confirm verified verificat verificad verifie bestatigt bestatigung bevestigd "
        "bevestiging "
        "conferma potwierdz подтвержд validated emailvalid isvalid"
    ),
    Concept.AGREED: (
        "optin optedin optsin consent permission permitted accept agreed agrees agreement allowed allows allowemail "
        "subscribed subscribeto subscribe issubscri wantsemail wantsmail wantsnewsletter receivesemail receiveemail "
        "receivemarketing receivenewsletter sendmeemail canemail cansendemail mailable marketable emailable "
        "einwillig angemeldet anmeldung eingewilligt einverstand zustimm zugestimmt erlaubnis akzept eingetragen "
        "inscrit inscription abonne autoris souhaite suscri inscripcion acept permiso autorizad iscritt iscrizione "
        "accett autorizz consenso ingeschreven aangemeld inschrijv toestemming akkoord zapisan zgod subskrybu wyrazono "
        "inscrito subscrito assinante aceit souhlas samtycke samtykke hozzajarul подписан согласи 購読 同意 订阅"
    ),
    Concept.STATUS: (
        "status statut estado stato zustand situacao situacion stan stav state etat staat tila durum статус reason "
        "grund motif motivo reden powod ステータス"
    ),
    Concept.WEAK: (
        "newsletter nieuwsbrief marketing subscription gdpr dsgvo rgpd avg rodo lgpd mailing emailing werbung reclame "
        "publicid pubblicit promo active aktiv actif activo attivo actief aktywn ativo enabled activated abonnement "
        "suscripcion assinatura abbonamento subskrypcj boletin bulletin infolettre notifications emailupdates рассылк"
    ),
}
_STATUS_ALONE = frozenset(_STEMS[Concept.STATUS].split())  # only as words: "estate" and "reasonable" are no status
_GLUED = {
    concept: re.compile("|".join(sorted(stems.split(), key=len, reverse=True)))
    for concept, stems in _STEMS.items()
    if concept is not Concept.STATUS
}
_WORDS: dict[str, Concept] = {
    "baja": Concept.LEFT,
    "dnc": Concept.LEFT,
    "exclu": Concept.LEFT,
    "exclus": Concept.LEFT,
    "bajas": Concept.LEFT,
    "abuse": Concept.COMPLAINED,
    "removed": Concept.LEFT,
    "cancelled": Concept.LEFT,
    "canceled": Concept.LEFT,
    "unsubs": Concept.LEFT,
    "blocks": Concept.BLOCKED,
    "sperre": Concept.BLOCKED,
    "hardbounces": Concept.BOUNCED,
    "invalid": Concept.BOUNCED,
    "doi": Concept.CONFIRMED,
    "izin": Concept.AGREED,
}
_ALONE = {"left": Concept.LEFT, "leave": Concept.LEFT, "clean": Concept.BOUNCED}
# Nouns for the person or the thing: they say nothing about whether somebody wants mail.
_NEUTRAL = re.compile(
    "subscriptionlists?|subscribers?|abonnent(?:en)?|suscriptor(?:es)?|assinantes?|acceptslanguage|optinform|"
    "marketingcloud|mailinglistmode|promocode|promotioncode|activecampaign|subscriptionid|(?:active|paid|paying|current)subscription"
)
_NEGATED = re.compile(
    "^(?:donot|dont|doesnot|nolonger)"
    "|^(?:no|non|not|un|never|kein|keine|nicht|isnot|hasnot|doesnot|sin|bez|nie|niet|geen)"
    "(?=optin|optedin|consent|permission|accept|agree|subscri|allow|inscri|abonn|suscri|iscri|zgod|anmeld|toestemming)"
)


def concepts(name_words: tuple[str, ...]) -> frozenset[Concept]:
    """What a name speaks of."""
    found = {_WORDS[word] for word in name_words if word in _WORDS}
    if len(name_words) == 1 and (alone := _ALONE.get(name_words[0])):
        return frozenset({alone})
    rest = _NEUTRAL.sub("|", "".join(name_words))
    if _NEGATED.search(rest):
        return frozenset({Concept.LEFT})
    for concept, stems in _GLUED.items():
        rest, times = stems.subn("|", rest)
        if times:
            found.add(concept)
    if _STATUS_ALONE.intersection(name_words) or "status" in rest:
        found.add(Concept.STATUS)
    return frozenset(found)


# What each concept says of a person.
MEANS: dict[Concept, Status] = {
    Concept.UNCONFIRMED: Status.UNCONFIRMED,
    Concept.LEFT: Status.UNSUBSCRIBED,
    Concept.COMPLAINED: Status.COMPLAINED,
    Concept.BOUNCED: Status.BOUNCED,
    Concept.BLOCKED: Status.UNSUBSCRIBED,
    Concept.CONFIRMED: Status.SUBSCRIBED,
    Concept.AGREED: Status.SUBSCRIBED,
}

# What cells say. The first word list of a status is the one that only speaks of consent; the second is also used of
# orders, accounts and rooms.
_SAYS: dict[Status, tuple[str, str]] = {
    Status.SUBSCRIBED: (
        "subscribed,subscriber,opted in,opted-in,optin,opt-in,opt in,angemeldet,inscrit,inscrite,abonne,abonnee,"
        "suscrito,suscrita,iscritto,iscritta,ingeschreven,aangemeld,zapisany,zapisana,subskrybuje,inscrito,inscrita,"
        "subscrito,assinante,eingetragen,marketing contact,email subscribed,double opt-in,single opt-in,подписан,"
        "doi confirmed,subscribed to marketing,single opt in,double opt in,confirmed opt in,confirmed opt-in,"
        "confirmed-opt-in,double opted-in,abonniert",
        "explicit,granted,single,double,"
        "active,enabled,confirmed,yes,aktiv,actif,active subscriber,activo,activa,attivo,attiva,actief,aktywny,aktywna,"
        "ativo,ativa,verified,valid,ok,deliverable,bestatigt,confirme,confirmado,confermato,bevestigd,potwierdzony",
    ),
    Status.UNCONFIRMED: (
        "unconfirmed,not confirmed,awaiting confirmation,pending confirmation,unbestatigt,nicht bestatigt,"
        "non confirme,sin confirmar,non confermato,niet bevestigd,niepotwierdzony,nao confirmado,optin pending,"
        "double opt-in pending,waiting for confirmation,doi pending,opt-in pending",
        "pending,unverified,not verified,en attente,pendiente,in attesa,pendente,ausstehend,in afwachting,oczekujacy",
    ),
    Status.HELD: ("held,on hold for review", "on hold"),
    Status.UNSUBSCRIBED: (
        "unsubscribed,unsubscribe,unsub,opted out,opted-out,optout,opt-out,opt out,non-subscribed,nonsubscribed,"
        "non subscribed,not subscribed,never subscribed,never_subscribed,unsubscribed from everything,blocklisted,"
        "blacklisted,suppressed,abgemeldet,ausgetragen,desinscrit,desinscrite,desabonne,desabonnee,dado de baja,baja,"
        "desuscrito,no suscrito,cancellato,disiscritto,non iscritto,afgemeld,uitgeschreven,wypisany,wypisana,"
        "descadastrado,nao inscrito,non-marketing contact,non marketing contact,do not email,do not mail,"
        "do not contact,globally unsubscribed,list unsubscribed,user unsubscribed,manually unsubscribed,отписан,"
        "unsubscribed by admin,email unsubscribed,not opted in,withdrawn,revoked,unsubscribed by user,gesperrt,"
        "unsubscribed from all,nicht angemeldet,no opt-in,non inscrit,nie zapisany,unmailable,"
        "non-subscriber,non-marketable,nonmarketable,unengaged nonmarketable,transactional only,not opt-in,not-opt-in,"
        "nicht abonniert,abbestellt,snoozed",
        "cancelled,canceled,inactive,disabled,blocked,archived,deleted,removed,transactional,no,inaktiv,inactif,"
        "inactivo,inattivo,inactief,nieaktywny,inativo,deaktiviert,bloqueado,bloque,bloccato,geblokkeerd,"
        "zablokowany,left,banned,declined,refused,expired,rejected,excluded,stopped,geloscht",
    ),
    Status.SOFT_BOUNCED: (
        "soft bounced,soft bounce,softbounce,softbounced,soft-bounced,soft-bounce,out of reach for weeks,"
        "temporarily undeliverable",
        "",
    ),
    Status.BLOCKED: ("added by hand", "manual"),
    Status.BOUNCED: (
        "bounced,bounce,bouncing,hard bounced,hard bounce,hardbounce,hardbounced,hard-bounced,hard-bounce,cleaned,"
        "undeliverable,invalid email,address does not exist,unzustellbar,rejete,rebotado,rimbalzato,"
        "odbity,devolvido,rebondi,permanent bounce,unknown user,unknown_user,mailbox not found,"
        "invalid address,not deliverable",
        "invalid,ungultig,invalide,invalido,ongeldig,nieprawidlowy,dead,unreachable,risky",
    ),
    Status.COMPLAINED: (
        "complained,complaint,complainer,spam complaint,marked as spam,spam,spam report,spam reported,reported as spam,"
        "reported spam,abuse,abuse complaint,spammed,abuse report,beschwerde,plainte,queja,reclamo,klacht,"
        "skarga,denuncia",
        "junk",
    ),
}
_DISTINCT = {word: status for status, (own, _) in _SAYS.items() for word in own.split(",") if word}
STATUS_WORDS = _DISTINCT | {word: status for status, (_, other) in _SAYS.items() for word in other.split(",") if word}
_MARKS = re.compile(r"[\s_]+")


def status_word(text: str) -> str:
    return _MARKS.sub(" ", text).strip(" .!").replace("–", "-")


def meanings(text: str) -> set[Status]:
    """What the stems in a name, or in a cell of a few words, say."""
    return {MEANS[concept] for concept in concepts(words(text)) if concept in MEANS}


def is_distinct(word: str) -> bool:
    """Whether a cell with this (plain) word speaks of consent and of nothing else."""
    return word in _DISTINCT


YES = word_set(
    "yes y true t 1 on x ja j oui o vrai wahr si s sim tak da ano evet kylla igen checked agreed accepted "
    "given granted ✓ ✔ ☑ да はい 是"
)
NO = word_set(
    "no n false f 0 off nein non faux falsch falso nao nie niet nee ne hayir ei nem unchecked never none "
    "not - – — denied ✗ ✘ ☐ нет いいえ 否 n/a na [] {}"
)
NOTHING = frozenset(("", "null", "\\n", "(null)", "nil", "undefined", "0000-00-00", "0000-00-00 00:00:00"))
