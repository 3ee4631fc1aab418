"""The same phrases in other languages, without accents (see `rules.fold`)."""

from delivery.replies.categories import Category
from delivery.replies.rules import Rule, rule

C = Category

# As in English: what speaks of us comes before what speaks of a person.
SURE: tuple[Rule, ...] = (
    rule(C.GREYLIST, r"liste grise|listas? gris(es)?|lista grigia|серы[йм] спис"),
    rule(
        C.SENDER_NOT_VERIFIED,
        r"expediteur.{0,30}(refuse|invalide|inconnu|incorrect|interdit|non autoris)",
        r"absender(adresse|domain)?.{0,40}(nicht|abgelehnt|ungultig|ungueltig|unbekannt|verweigert)",
        r"mittente.{0,30}(rifiutat|non |sconosciut)",
        r"(remitente|remetente).{0,30}(rechazad|rejeitad|no |nao |desconoc|desconhec)",
        r"отправител.{0,30}(не |отклонен|неизвест)|(差出人|送信者|送信元).{0,16}(拒否|不正|存在しません)",
        r"发件人.{0,10}(不|无效|拒绝)",
    ),
    rule(
        C.PROVIDER_AUTH,
        r"authentification (requise|echouee|refusee|necessaire)|mot de passe (incorrect|invalide)",
        r"(anmeldung|authentifizierung) (fehlgeschlagen|erforderlich|notwendig)|falsches (passwort|kennwort)",
        r"autenticazione (fallita|richiesta)|autenticacion (requerida|fallida)",
        r"autenticacao (requerida|necessaria|falhou)",
        r"неверн\w* (логин|пароль|имя пользователя)|认证失败|認証に失敗",
    ),
    rule(
        C.RELAY_DENIED,
        r"relais (interdit|refuse|non autorise)|relay(ing|en)? (verweigert|nicht)|weiterleitung (verweigert|nicht)",
    ),
    rule(
        C.BLOCK_REPUTATION,
        r"\bip\b.{0,24}(bloque|refuse)|liste noire|\bip-adresse.{0,60}(gesperrt|blockiert|blacklist|abgelehnt)",
        r"sperrliste",
        r"schwarze liste|lista (negra|nera)|черн\w* спис\w*|黑名单|黑名單|ブラックリスト",
    ),
    rule(
        C.SPAM_CONTENT,
        r"comme (du )?(spam|indesirable)|contenu.{0,20}(refuse|rejete)|als spam|antyspam|(come|como) spam|\bспам",
        r"垃圾邮件|垃圾郵件|内容.{0,6}(拒绝|被拒|违规)|(迷惑メール|スパム)",
    ),
    rule(
        C.CONN_LIMIT,
        r"trop de connexions|zu viele (gleichzeitige )?verbindungen",
        r"(troppe|demasiadas|muitas) (connessioni|conexiones|conexoes)",
        r"слишком много (соединений|подключений)|连接数.{0,6}(过多|超)",
    ),
    rule(
        C.MAILBOX_FULL,
        r"(boite|compte|quota|espace).{0,40}(pleine?\b|depasse|sature|insuffisant)",
        r"(postfach|speicher\w*|konto|quota|kontingent)\b.{0,40}(\bvoll\b|uberschritten|ueberschritten|"
        r"erschopft|uberfullt)",
        r"zu ?viele mails auf dem server|postvak.{0,20}\bvol\b|skrzynk.{0,24}(pełn|przepełn)",
        r"(casella|quota|spazio).{0,30}(pien[oa]|superat|esaurit|insufficient)",
        r"(buzon|cuenta|caixa|cuota|cota|espacio|espaco).{0,40}(llen[oa]|chei[oa]|excedid|superad|insuficiente|lotad)",
        r"(ящик|квот\w*).{0,40}(переполнен|превышен|заполнен)|(недостаточно|нет) места",
        r"(邮箱|信箱|郵箱|收件人|容量|空间|空間).{0,12}(已满|已滿|不足|超限|超出)",
        r"(容量|メールボックス|クォータ).{0,16}(超え|超過|一杯|いっぱい|オーバー|不足|満杯)",
    ),
    rule(
        C.MESSAGE_TOO_LARGE,
        r"message.{0,20}trop (gros|volumineux|grand|long)|nachricht.{0,20}zu gross|messaggio troppo grande|邮件过大",
        r"mensa(je|gem) (es |e )?(demasiado|muito) grande|слишком больш\w+ (письмо|сообщение)|サイズが大きすぎ",
    ),
    rule(
        C.THROTTLE,
        r"trop de (messages|mails|courriels|destinataires|requetes)|ralentir|essayer plus tard",
        r"zu viele (nachrichten|mails|e-mails|empfanger|empfaenger|anfragen)",
        r"(troppi|demasiados|muitas) (messaggi|mensajes|mensagens)",
        r"слишком (много|часто)|过于频繁|(频率|發送|发送).{0,10}(过高|限制|超限|超出|过快)",
    ),
    rule(
        C.BAD_DOMAIN,
        r"domaine.{0,16}(inconnu|inexistant|n'existe pas)|(unbekannte domain|domain.{0,16}existiert nicht)|域名不存在",
    ),
    rule(
        C.INVALID_RECIPIENT,
        r"(utilisateur|destinataire|adresse|boite|compte).{0,40}(inconnue?s?|inexistante?|introuvable|invalide|"
        r"n'existe (pas|plus))",
        r"(benutzer|empf(a|ae)nger|postfach|adresse?|konto|teilnehmer)\w*.{0,40}(unbekannt|existiert nicht|"
        r"nicht (gefunden|bekannt|vorhanden|existent)|ung(u|ue)ltig)",
        r"(unbekannter?|ung(u|ue)ltiger?|keine?n?) (benutzer|empf(a|ae)nger|adresse|postfach|account)",
        r"(utente|destin\w*|indirizzo|casella|account)\b.{0,30}(sconosciut|errat[oa]\b|inesistente|non (esist|trovat|"
        r"valid|presente|e valid))",
        r"no existe (dicha persona|(ese|este|el) usuario)|nessun utente|(usuari[oa]|destinatari[oa]|direccion|"
        r"endereco|buzon|cuenta|conta|caixa).{0,40}(desconocid|desconhecid|inexistente|"
        r"(no|nao) (existe|encontrad|valid|se enc(uentr|ontr))|invalid)",
        r"(gebruiker|ontvanger|adres|postvak).{0,30}(onbekend|bestaat niet|niet gevonden)",
        r"onbekende (gebruiker|ontvanger)",
        r"(uzytkownik\w*|użytkownik\w*|adres\w*|konto|skrzynka|odbiorca).{0,30}(nie istnieje|nieznan|nie znalezion)",
        r"nie ma taki\w+ (uzytkownika|konta|adresu|skrzynki)|uzivatel neexistuje",
        r"(пользовател|получател|адрес|ящик)\w*.{0,40}(не найден|не существует|неизвест|неверн|отсутствует|"
        r"не зарегистрирован)",
        r"(неизвестн|несуществующ|нет так)\w* (пользовател|получател|адрес|почтов|ящик)",
        r"так\w+ (пользовател|адрес|ящик)\w* (нет|не )",
        r"(ユーザー?|宛先|あて先|アドレス|メールボックス|アカウント|受信者).{0,16}(存在し(ません|ない)|"
        r"見つか(りません|らない)|ありません|不明|無効)",
        r"宛先不明|(存在しない|無効な|不明な)(ユーザー?|宛先|アドレス|メールアドレス)",
        r"(用户|用戶|邮箱|郵箱|收件人|地址|账号|帐号|使用者).{0,10}(不存在|未找到|找不到|无效|無效)",
        r"(无此|查无此)(用户|人)",
        r"(사용자|수신자|메일함|계정|주소).{0,12}(존재하지|없습니다|찾을 수 없)",
    ),
    rule(
        C.INACTIVE_MAILBOX,
        r"(compte|boite|utilisateur|adresse).{0,30}(desactive|archivee?|suspendue?|bloquee?|fermee?|cloture|"
        r"inactive?|resilie)",
        r"(benutzer|postfach|konto|account|mailbox|empf(a|ae)nger)\b.{0,30}(gesperrt|deaktiviert|geschlossen|"
        r"inaktiv|geloscht|gekundigt|stillgelegt|nicht (mehr )?aktiv)",
        r"(utente|casella|account|indirizzo).{0,30}(disabilitat|sospes|disattivat|chius|bloccat|inattiv)",
        r"(użytkownik|konto|skrzynka)\b.{0,30}(zablokowan|nieaktywn)|casilla.{0,16}expirad",
        r"(usuario|buzon|cuenta|conta|caixa).{0,30}(desactivad|desativad|suspendid|suspens|d[ei]s?habilitad|"
        r"desabilitad|bloquead|inactiv|inativ|cerrad|encerrad|cancelad)",
        r"(ящик|пользователь|аккаунт|учетная запись).{0,40}(заблокирован|отключен|удален|неактив|заморожен|"
        r"приостановлен|закрыт)",
        r"(用户|邮箱|账号|帐号|帐户|账户).{0,10}(禁用|停用|冻结|注销|锁定|过期|关闭)",
        r"(アカウント|メールボックス|ユーザー?).{0,12}(停止|無効化|凍結|解約)",
    ),
)
