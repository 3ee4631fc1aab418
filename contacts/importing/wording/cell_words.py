"""What one word in a cell says: of a person's wish for mail, or yes, or no. Compared as `naming.plain` writes it."""

import re

from contacts.importing.plan import Status
from contacts.importing.wording.naming import word_set

# What cells say. The first word list of a status is the one that only speaks of consent; the second is also used of
# orders, accounts and rooms.
_SAYS: dict[Status, tuple[str, str]] = {
    Status.SUBSCRIBED: (
        "subscribed,subscriber,opted in,opted-in,optin,opt-in,opt in,angemeldet,inscrit,inscrite,abonne,abonnee,"
        "suscrito,suscrita,iscritto,iscritta,ingeschreven,aangemeld,zapisany,zapisana,subskrybuje,inscrito,inscrita,"
        "subscrito,assinante,eingetragen,marketing contact,email subscribed,double opt-in,single opt-in,подписан,"
        "doi confirmed,subscribed to marketing,single opt in,double opt in,confirmed opt in,confirmed opt-in,"
        "confirmed-opt-in,double opted-in,abonniert",
        "explicit,granted,single,double,implied,express,normal,regular,allow,allowed,send,accepted,agreed,"
        "active,enabled,confirmed,yes,aktiv,actif,active subscriber,activo,activa,attivo,attiva,actief,aktywny,aktywna,"
        "ativo,ativa,verified,valid,ok,deliverable,bestatigt,confirme,confirmado,confermato,bevestigd,potwierdzony",
    ),
    Status.UNCONFIRMED: (
        "unconfirmed,not confirmed,awaiting confirmation,pending confirmation,unbestatigt,nicht bestatigt,"
        "not activated,unactivated,non confirme,sin confirmar,non confermato,niet bevestigd,niepotwierdzony,"
        "nao confirmado,optin pending,"
        "double opt-in pending,waiting for confirmation,doi pending,opt-in pending",
        "pending,unverified,not verified,en attente,pendiente,in attesa,pendente,ausstehend,in afwachting,oczekujacy",
    ),
    Status.HELD: ("held,on hold for review,temporary hold,temp hold", "on hold"),
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
        "nicht abonniert,abbestellt,snoozed,do not send,do not allow,non transactional,deceased,verstorben,dnc,dnm",
        "cancelled,canceled,inactive,disabled,blocked,archived,deleted,removed,transactional,no,inaktiv,inactif,"
        "inactivo,inattivo,inactief,nieaktywny,inativo,deaktiviert,bloqueado,bloque,bloccato,geblokkeerd,"
        "zablokowany,left,banned,declined,refused,expired,denied,not allowed,rejected,excluded,stopped,geloscht",
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
        "invalid address,not deliverable,npai",
        "invalid,ungultig,invalide,invalido,ongeldig,nieprawidlowy,dead,unreachable,risky",
    ),
    Status.COMPLAINED: (
        "complained,complaint,complainer,spam complaint,marked as spam,spam,spam report,spam reported,reported as spam,"
        "reported spam,abuse,abuse complaint,spammed,abuse report,beschwerde,plainte,queja,reclamo,klacht,"
        "skarga,denuncia",
        "junk",
    ),
}
_MARKS = re.compile(r"[\s_]+|(?<=[^\W\d])[-–](?=[^\W\d])")


def status_word(text: str) -> str:
    """One spelling of "opt-in", "opt_in" and "Opt in."."""
    return _MARKS.sub(" ", text).strip(" .!").replace("–", "-")


def _each(column: int) -> dict[str, Status]:
    return {status_word(word): status for status, says in _SAYS.items() for word in says[column].split(",") if word}


_DISTINCT = _each(0)
STATUS_WORDS = _each(1) | _DISTINCT


def is_distinct(word: str) -> bool:
    """Whether a cell with this (plain) word speaks of consent and of nothing else."""
    return word in _DISTINCT


YES = word_set(
    "yes y true t 1 1.0 -1 on x ja j oui o vrai wahr si s sim tak da ano evet kylla igen checked agreed accepted "
    "given granted ✓ ✔ ☑ да はい する 希望 希望する 可 受け取る 受信する 同意する 예 네 동의 是 接收 同意 "
    "نعم כן ναι có ya так ใช่ हाँ हां"
)
NO = word_set(
    "no n false f 0 0.0 -0 off nein non faux falsch falso nao nie niet nee ne hayir ei nem nei nej unchecked "
    "never none "
    "keine kein niemals aucun aucune ninguno ninguna nunca nessuno nessuna geen nooit brak nigdy nenhum ko "
    "not - – — denied declined ✗ ✘ ☐ нет いいえ しない 希望しない 不要 不可 受け取らない "
    "لا לא όχι không tidak ні ไม่ ไม่ใช่ नहीं "
    "受信しない 同意しない 아니오 아니요 거부 미동의 否 不接收 不同意 n/a na [] {}"
)
NOTHING = frozenset(("", "null", "\\n", "(null)", "nil", "undefined", "0000-00-00", "0000-00-00 00:00:00"))
