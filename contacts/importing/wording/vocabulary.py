"""How systems and languages speak of consent in names of columns and files: stems, compared as `naming.glued` writes
them (no case, accents, blanks or marks).

Order matters: what is found by an earlier concept is taken out before the next one looks, so that "unsubscribed" is
not also "subscribed".
"""

import re
from enum import Enum

from contacts.importing.wording.naming import word_set


class Concept(Enum):
    UNCONFIRMED = "unconfirmed"
    LEFT = "left"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    BLOCKED = "blocked"
    ENDED = "ended"  # cancelled: their mail, or a contract
    CONFIRMED = "confirmed"
    AGREED = "agreed"
    STATUS = "status"
    WEAK = "weak"  # of consent only where the cells say yes and no
    UNCLEAR = "unclear"  # the negation of something negative


STEMS: dict[Concept, str] = {
    Concept.UNCONFIRMED: (
        "unconfirm notconfirm notyetconfirm nonconfirm pending unverif notverif unbestatig nichtbestatig enattente "
        "unactivat notactivat notyetactiv noconfirm sinconfirmar pendiente inattesa dabestatigen nietbevestigd "
        "niepotwierdz naoconfirm pendente "
        "neoverifi awaitingconfirm неподтвержд"
    ),
    Concept.LEFT: (
        # English
        "unsub optout optedout optsout optingout optoff donotmail donotemail dontemail donotsend dontsend donotcontact "
        "dontcontact donotmarket donotpromote donotbulkemail nomail noemail nomarketing nonewsletter nobulk nocontact "
        "notsubscribed nonsubscri neversubscri notoptedin nooptin nooptedin notoptin noconsent nopermission "
        "consentwithdrawn withdrew withdrawn withdrawal revok objected objection donotsolicit "
        "leavetime leftat leftlist leftthelist hasleft leavedate leaveat signedoff signoff removedfrom removaldate "
        "removedat stopmail stoptime stopdate stopstatus refus declin excluded excludefrom globalsuppression "
        # German
        "abgemeldet abmeld abbestell ausgetragen austragung widerruf widerspr werbesperre unsbu wyrejestr sprzeciw "
        "keinewerbung keinemail "
        "keinnewsletter keinenewsletter keinennewsletter keinemarketing nichtangemeldet werbeverbot nichtanschreiben "
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
        # Nordic, Czech, Hungarian, Romanian, Turkish, Russian, Ukrainian, Japanese, Chinese
        # Korean, Arabic, Hebrew, Greek, Vietnamese, Indonesian
        "avregistrer avprenum avmeld frameld odhlasen odhlasit leiratkoz dezabon abonelikiptal "
        "отписа отписк отказ відпис 配信停止 登録解除 購読解除 退会 退订 "
        "수신거부 구독취소 구독해지 إلغاء الغاء ביטול הסרה διαγραφ huydangky hủyđăngký berhentiberlangganan"
    ),
    Concept.COMPLAINED: (
        "complain spam abuse junk beschwer plainte queja reclamo reclamacao denunci klacht skarg segnalazion "
        "feedbackloop жалоб"
    ),
    Concept.BOUNCED: (
        "bounce undeliver nondeliver notdeliver unzustell nichtzustell invalidemail emailinvalid invalidaddress "
        "bademail cleaned cleantime cleandate cleancampaign ungultig invalid emailerror mailerror emailfehler "
        "mailfehler emailfail mailfail deliveryfail erron rebot rejet rimbalz odbit odrzucon devolvid rucklauf "
        "unreach nichterreich ongeldig nieprawidlow quarantin erronee"
    ),
    Concept.BLOCKED: (
        "blacklist blocklist blocked blockedat isblock suppress banned gesperrt sperrliste sperrvermerk "
        "blockiert bloque "
        "bloccat bloqu geblokkeerd zablokowan listanegra listanera listenoire schwarzeliste zwartelijst czarnalista "
        "disabled deactivat inactiv inaktiv deaktiv desactiv disattiv desativ inativ uitgeschakeld nieaktywn archived "
        "deleted deletedat robinson gdprdelete geloscht eliminad supprime usuniet excluid verwijderd stopped "
        "onhold snooz suspend deceas verstorben decede fallecid decedut overleden zmarl falecid "
        "shouldforget tobeforgotten nontransactional erased erasure anonymi pseudonymi beforgotten redacted sperrung "
        "sperre verbot "
        "заблокир удален"
    ),
    Concept.ENDED: (
        "cancelledat canceledat canceldate cancelat cancelon cancelledon canceledon cancellation gekundigt kundigung "
        "austritt cancelou beendet"
    ),
    Concept.CONFIRMED: (
        "doubleoptin doubleopt confirm verifizi verified verificat verificad verifie bestatigt bestatigung bevestigd "
        "bevestiging "
        "conferma potwierdz подтвержд validated emailvalid isvalid"
    ),
    Concept.AGREED: (
        "optin optedin optsin consent permission permitted accept agreed agrees agreement allowed allows allowemail "
        "subscribed subscribeto subscribe issubscri wantsemail wantsmail wantsnewsletter receivesemail receiveemail "
        "receivemarketing receivenewsletter sendmeemail canemail cansendemail mailable marketable emailable "
        "erlaub gestatt einwillig angemeldet anmeldung eingewilligt einverstand zustimm zugestimmt erlaubnis akzept "
        "eingetragen "
        "inscrit inscription abonne autoris souhaite suscri inscripcion acept permiso autoriz iscritt iscrizione "
        "accett autorizz consenso ingeschreven aangemeld inschrijv toestemming akkoord zapisan zgod subskrybu wyrazono "
        "inscrito subscrito assinante aceit souhlas samtycke samtykke hozzajarul подписан согласи підпис згода 購読 "
        "同意 订阅 "
        "구독 동의 اشتراك موافق מנוי הסכמ συγκατ εγγραφ đăngký berlangganan สมัคร ยินยอม सदस्यता सहमति"
    ),
    Concept.STATUS: (
        "status statut estado stato zustand situacao situacion stan stav state etat staat tila durum статус 상태 "
        "الحالة סטטוס κατάσταση reason "
        "grund motif motivo reden powod ステータス"
    ),
    Concept.WEAK: (
        "newsletter nieuwsbrief marketing subscription gdpr dsgvo rgpd avg rodo lgpd mailing emailing werbung reclame "
        "publicid pubblicit promo active aktiv actif activo attivo actief aktywn ativo enabled activated abonnement "
        "suscripcion assinatura abbonamento subskrypcj boletin bulletin infolettre notifications emailupdates рассылк "
        "contactpref emailpref mailpref communicationpref communicat comunica kommunikat rundbrief rundmail verteiler "
        "ezine eshot mailshot eblast contactable maywecontact mayweemail canwecontact canweemail oktoemail oktomail "
        "oktocontact okemail emailok keepmeupdated keepmeinformed keepintouch stayintouch stayuptodate hearfrom "
        "receivenews receiveupdate receiveoffer signmeup signup joinlist joinour joinmailing mailme emailme addme "
        "lopd publicit nyhetsbrev nyhedsbrev uutiskirje hirlevel inscricao bulten zpravodaj "
        "biuletyn メルマガ ニュースレター メールマガジン メール受信 メール配信 配信希望 配信可否 "
        "뉴스레터 메일수신 수신동의 接收邮件 邮件订阅 النشرة البريدية ניוזלטר דיוור ενημερωτικ newsletter νιουσλετερ "
        "bảntin "
        "розсилк จดหมายข่าว न्यूज़लेटर समाचारपत्र haberbulten"
    ),
}
# Whole words that are too short, or too common within others, to be stems.
WORDS: dict[str, Concept] = {
    "baja": Concept.LEFT,
    "bajas": Concept.LEFT,
    "dnc": Concept.LEFT,
    "exclu": Concept.LEFT,
    "exclus": Concept.LEFT,
    "removed": Concept.LEFT,
    "unsubs": Concept.LEFT,
    "cancelled": Concept.ENDED,
    "canceled": Concept.ENDED,
    "abuse": Concept.COMPLAINED,
    "blocks": Concept.BLOCKED,
    "sperre": Concept.BLOCKED,
    "hardbounces": Concept.BOUNCED,
    "invalid": Concept.BOUNCED,
    "npai": Concept.BOUNCED,  # French post's "does not live at this address"
    "doi": Concept.CONFIRMED,
    "izin": Concept.AGREED,
    "statecode": Concept.STATUS,
    "dnd": Concept.LEFT,
    "dnm": Concept.LEFT,
    "dne": Concept.LEFT,
    "accord": Concept.AGREED,
    "nl": Concept.WEAK,
    "abo": Concept.WEAK,
    "pub": Concept.WEAK,
    "enews": Concept.WEAK,
    "valid": Concept.WEAK,
    "gultig": Concept.WEAK,
    "deliverable": Concept.WEAK,
    "erreichbar": Concept.WEAK,
    "news": Concept.WEAK,
    "offers": Concept.WEAK,
    "updates": Concept.WEAK,
    "angebote": Concept.WEAK,
    "ofertas": Concept.WEAK,
}
ALONE = {
    "left": Concept.LEFT,
    "leave": Concept.LEFT,
    "clean": Concept.BOUNCED,
    "opt": Concept.AGREED,
    "opted": Concept.AGREED,
    "subscr": Concept.AGREED,
}
STATUS_ALONE = word_set(STEMS[Concept.STATUS])  # only as words: "estate" and "reasonable" are no status
MAIL = word_set("email emails mail mails e mailing newsletter newsletters correo correos courriel courriels mailem")
# Beside a word for mail these make a name speak of what somebody wishes: "contact by e-mail", "deseja receber e-mails".
RECEIVING = word_set(
    "receive receives recevoir recibir ricevere receber erhalten bekommen empfangen ontvangen ontvangt "
    "otrzymywac inviare "
    "enviar envoyer envio invio envoi wysylac sturen"
)
WISHES = RECEIVING | word_set(
    "contact by via per par may can ok okay send get receive receives want wants wish wishes like likes allow prefer "
    "prefers wunsch mochte erhalten bekommen empfangen senden recevoir recoit souhaite veut envoyer desea "
    "recibir quiere "
    "enviar deseja receber quer desidera ricevere vuole inviare wil wenst ontvangen sturen chce otrzymywac wysylac"
)
# What turns a wish into its opposite wherever in the name it stands: "Möchte keinen Newsletter", "Block marketing".
NEGATIONS = word_set(
    "not no never without dont doesnt didnt wont isnt hasnt wasnt cannot cant stop stopped block exclude remove "
    "suppress "
    "off ban hide prohibit refuse nicht kein keine keinen keiner keinerlei nie niemals ohne ne pas jamais sans aucun "
    "aucune sin nunca ningun ninguna non senza niente geen niet nooit zonder bez zadnych nao sem inte ikke ingen "
    "nechce nem не без нет "
    # and what tells of an end
    "expired ended lapsed failed missing void terminated muted paused abgelaufen fehlt verfallen pausiert expire "
    "expirado scaduto verlopen wygasla"
)
# These add nothing to a name that speaks of a newsletter. With any other word beside it, who knows: "Newsletter Sport".
HARMLESS = word_set(
    "is has the our my your us of for to from with in on and or i we you would do does status flag field y n j o info "
    "information informations informacion please user users member members customer customers contact contacts person "
    "people kunde kunden client cliente wants interest der die das den des zu zum zur an am fur und le la les de "
    "du un une "
    "et el los las il lo e een het voor na emails mailings list liste lista empfanger beziehen bezieht account konto"
)
FORMER = re.compile(
    "(?:former|ex|past|lost|ehemaligen?|fruheren?|anciens?|antiguos|vecchi|voormalige|byli|antigos)"
    "(?:subscri|abonn|suscri|inscri|iscri|assinante|subskry)"
)
# Nouns for the person or the thing: they say nothing about whether somebody wants mail.
NEUTRAL = re.compile(
    "subscriptionlists?|subscribers?|abonnent(?:en)?|suscriptor(?:es)?|assinantes?|acceptslanguage|optinform|"
    "marketingcloud|mailinglistmode|promocode|promotioncode|activecampaign|subscriptionid|"
    "(?:active|paid|paying|current)subscription"
)
# In names that are written as one word: of mail, or where the negation is no word of its own.
MAIL_WITHIN = re.compile("mail|newslett|courriel|correo")
NEGATED = re.compile(
    "^(?:donot|dont|doesnot|nolonger)(?!trade|share|sell|call|phone|sms|post|text|fax|track)"
    "|^(?:no|non|not|un|never|kein|keine|nicht|isnot|hasnot|doesnot|sin|bez|nie|niet|geen)"
    "(?=optin|optedin|consent|permission|accept|agree|subscri|allow|inscri|abonn|suscri|iscri|zgod|anmeld|toestemming)"
)
# In prose only these are taken for somebody who left: "unsubscribed by phone", "bitte keine Newsletter mehr".
SAID_IN_PROSE = re.compile(
    "unsub(?:sc|bed)|optout|optedout|optingout|(?:donot|dont)(?:e?mail|contact|send|market)|nomarketing|nonewsletter|"
    ""
    ""
    "nomore(?:e?mail|news|contact)|not(?:want|wish)(?:any|to|get|receive|our|the)*(?:e?mail|news)|pleaseremove|removeme|"
    "removefrom(?:list|newsletter|mail)|(?:take|taken)off(?:our|the)?(?:mailing)?list|bounced|mailbounces|deceased|"
    "abgemeldet|abmeldung|abbestellt|austragen|ausgetragen|kein(?:e|en)?(?:newsletter|werbung|e?mail|mailing)|"
    "nichtanschreiben|werbesperre|werbewiderspruch|verstorben|desabonn|desinscri|nepas(?:contacter|envoyer)|"
    "plus(?:recevoir|dee?mail|demail|denewsletter)|decede|(?:dado|darse|dar|dio)debaja|desuscri|no(?:enviar|contactar)|"
    "disiscri|cancellat.dalla|noncontattare|afgemeld|uitgeschreven|geen(?:e?mail|nieuwsbrief|reclame)|overleden|"
    "wypisa[nlc]|brakzgody|niewysyla|descadastr|nao(?:enviar|contactar)|sairdalista|spamcomplaint|markedasspam|"
    "reportedspam|hardbounce|blacklisted|blocklisted"
)
