"""How other systems write who left, bounced or never agreed: in their columns, spellings and languages."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Export:
    name: str
    text: str
    mailable: tuple[str, ...]
    answers: dict[str, str] = field(default_factory=dict)  # to what is asked
    file_name: str = "people.csv"


def _column(name: str, header: str, stays: str, *leaves: str) -> Export:
    """One column beside the address; `stays` is in the row of a person who wants mail."""
    rows = "".join(f'out{n}@x.com,"{value}"\n' for n, value in enumerate(leaves))
    return Export(name, f'Email,{header}\nok@x.com,"{stays}"\n{rows}', ("ok@x.com",))


EXPORTS = [
    _column("salesforce", "HasOptedOutOfEmail", "false", "true"),
    _column("salesforce label", "Email Opt Out", "0", "1"),
    _column("zoho", "Email Opt Out", "false", "true"),
    _column("dynamics", "Do not allow Bulk Emails", "No", "Yes"),
    _column("do not email", "Do not email", "", "Yes", "x"),
    _column("shopify", "Accepts Email Marketing", "yes", "no", ""),
    _column("shopify old", "Accepts Marketing", "TRUE", "FALSE"),
    _column("woocommerce", "Marketing opt-in", "1", "0"),
    _column("klaviyo", "Email Marketing Consent", "SUBSCRIBED", "NEVER_SUBSCRIBED", "UNSUBSCRIBED"),
    _column("omnisend", "Email Status", "subscribed", "unsubscribed", "nonSubscribed"),
    _column("mailerlite", "Unsubscribed", "", "2024-03-04 11:22:33"),
    _column("getresponse", "unsubscribe_date", "", "2024-03-04"),
    _column("campaign monitor", "Status", "Active", "Unsubscribed", "Bounced", "Deleted", "Unconfirmed"),
    _column("constant contact", "Email status", "Active", "Unsubscribed", "Unconfirmed"),
    _column("aweber", "Status", "subscribed", "unsubscribed", "unconfirmed"),
    _column("drip", "status", "active", "unsubscribed", "removed"),
    _column("ghost", "subscribed_to_emails", "true", "false"),
    _column("beehiiv", "status", "active", "inactive", "pending", "invalid"),
    _column("moosend", "Status", "Subscribed", "Unsubscribed", "Bounced", "Removed"),
    _column("mailpoet", "Status", "subscribed", "unconfirmed", "unsubscribed", "bounced", "inactive"),
    _column("mautic", "Do Not Contact", "", "Email: unsubscribed", "1"),
    _column("keila", "Status", "active", "unsubscribed", "unreachable"),
    _column("cleverreach", "Abgemeldet", "", "2024-01-02 10:00:00"),
    _column("cleverreach active", "Aktiv", "ja", "nein"),
    _column("acymailing", "enabled", "1", "0"),
    _column("acymailing confirmed", "confirmed", "1", "0"),
    _column("activecampaign names", "Email Status", "Active", "Unsubscribed", "Bounced", "Unconfirmed"),
    _column("soft bounces", "Status", "active", "soft bounced", "Hard Bounced"),
    _column("suppressed", "Suppressed", "", "2024-01-01", "bounce", "yes"),
    _column("camel case", "isUnsubscribed", "false", "true"),
    _column("snake case", "is_blocked", "0", "1"),
    _column("glued", "optedout", "n", "y"),
    _column("german opt-in", "E-Mail Opt-In", "Ja", "Nein"),
    _column("german objection", "Werbewiderspruch", "", "ja", "12.03.2024"),
    _column("german consent", "Einwilligung Newsletter", "ja", "nein", ""),
    _column("french", "Désinscrit", "non", "oui"),
    _column("french unsubscribed", "Désabonné le", "", "12/03/2024"),
    _column("french status", "Statut", "Abonné", "Désabonné", "Désinscrit"),
    _column("spanish", "Fecha de baja", "", "12/03/2024"),
    _column("spanish status", "Estado", "Suscrito", "Dado de baja", "Rebotado"),
    _column("spanish consent", "Acepta publicidad", "Sí", "No"),
    _column("italian", "Consenso marketing", "Sì", "No"),
    _column("italian status", "Stato", "Iscritto", "Disiscritto", "Cancellato"),
    _column("dutch", "Uitgeschreven op", "", "2024-03-04"),
    _column("dutch status", "Status", "Ingeschreven", "Uitgeschreven", "Afgemeld"),
    _column("polish", "Zgoda na newsletter", "tak", "nie"),
    _column("polish status", "Status", "aktywny", "wypisany", "odbity"),
    _column("portuguese", "Aceita e-mails", "Sim", "Não"),
    _column("portuguese status", "Situação", "Ativo", "Descadastrado", "Cancelado"),
    _column("values alone", "Type", "subscribed", "unsubscribed", "bounced"),
    _column("replies", "Bounce reason", "", "550 5.1.1 User unknown", "mailbox full"),
    _column("marked as spam", "Marked as spam at", "", "2024-01-01T10:00:00Z"),
    _column("aweber stop time", "Stop Time", "", "2024-01-01 10:00"),
    _column("mailjet french", "Exclu de toutes les campagnes", "Non", "Oui"),
    _column("cleverreach dates", "activated", "2023-01-01 10:00:00", "0"),
    _column("civicrm on hold", "Email On Hold", "No", "On Hold Bounce", "On Hold Opt Out"),
    _column("snoozed", "Snoozed until", "", "2027-01-01"),
    _column("discourse suspended", "suspended", "", "2023-01-01"),
    _column("mautic dnc", "dnc", "0", "1"),
    _column("mailpoet german", "Listenstatus", "Abonniert", "Abbestellt", "Unbestätigt", "Inaktiv"),
    _column("mailpoet french", "Statut", "Abonné", "Désabonné", "Rebondi", "Non confirmé"),
    _column("keap", "Email Status", "Single Opt-in", "Non-marketable", "Opt-Out", "Hard Bounce"),
    _column("klaviyo suppressions", "Email Suppressions", "[]", "['UNSUBSCRIBE']", "['HARD_BOUNCE']"),
    _column("month names", "Unsubscribed on", "", "3 January 2024", "4. März 2023", "Jan 5 2024"),
    _column("constant contact opt-out", "Confirmed Opt-Out Date", "", "2024-01-01"),
    Export(
        "groups that part people by hand",
        'Email,Groups\nok@x.com,Gold\nu@x.com,"Gold, Unsubscribed"\n',
        ("ok@x.com", "u@x.com"),
        {"Groups": "disregard"},
    ),
    Export(
        "a tag that says unsubscribed", "Email,Tags\nok@x.com,vip\nu@x.com,Do not mail\n", (), {"Tags": "unsubscribed"}
    ),
    Export(
        "substack's digest is another mail",
        "email,active_subscription,email_disabled,digest_enabled\nok@x.com,false,false,false\nu@x.com,true,true,false\n",
        ("ok@x.com",),
    ),
    Export(
        "campaign monitor",
        "Email Address,State,Reason,Permission to track\nok@x.com,Active,,no\nu@x.com,Unsubscribed,Spam,yes\n",
        ("ok@x.com",),
    ),
    Export(
        "omnisend's days",
        "email,emailStatus,emailStatusChangedAt\nok@x.com,subscribed,2023-01-01\nu@x.com,nonSubscribed,2023-01-01\n",
        ("ok@x.com",),
    ),
    Export("a reason of something else", "Email,Reason for visit\nok@x.com,Holiday\n", ("ok@x.com",)),
    Export("a status in numbers", "Email,Status\nok@x.com,1\nu@x.com,2\n", (), {"Status": "unsubscribed"}),
    Export("zero and one", "Email,Status\na@x.com,0\nb@x.com,1\n", ("a@x.com", "b@x.com"), {"Status": "subscribed"}),
    Export("an unknown word", "Email,Status\nok@x.com,active\nz@x.com,zombie\n", ("ok@x.com",), {"Status": "bounced"}),
    Export(
        "nothing in a status", "Email,Status\nok@x.com,active\nz@x.com,\n", ("ok@x.com",), {"Status": "unconfirmed"}
    ),
    Export(
        "some days of agreement are missing",
        "Email,Opt-in date\nok@x.com,2024-01-01\nno@x.com,\n",
        ("ok@x.com",),
        {"Opt-in date": "opted_in"},
    ),
    Export("bounces are counted", "Email,Bounces\nok@x.com,0\nb@x.com,3\n", ("ok@x.com",), {"Bounces": "bounced"}),
    Export("consent in prose", "Email,Consent\na@x.com,I want it all\n", ("a@x.com",), {"Consent": "ignore"}),
    Export("another channel", "Email,Accepts SMS Marketing\nok@x.com,no\n", ("ok@x.com",)),
    Export("a place", "Email,State\na@x.com,MA\nb@x.com,TX\n", ("a@x.com", "b@x.com")),
    Export("a state of mail", "Email,State\na@x.com,subscribed\nb@x.com,unsubscribed\n", ("a@x.com",)),
    Export("another status", "Email,Order status\na@x.com,cancelled\n", ("a@x.com",)),
    Export("file of those who left", "email\na@x.com\n", (), file_name="unsubscribed_email_audience_export_1.csv"),
    Export("file of bounces", "email,created\na@x.com,1700000000\n", (), file_name="suppression_bounces.csv"),
    Export("file of spam reports", "email,ip\na@x.com,192.0.2.1\n", (), file_name="spam_reports.csv"),
    Export("german file", "E-Mail\na@x.com\n", (), file_name="Abmeldungen 2024.csv"),
    Export(
        "file of two kinds", "email\na@x.com\n", (), {"everyone": "unsubscribed"}, "subscribed_and_unsubscribed.csv"
    ),
    Export(
        "a name that says less than the columns",
        "email,Unsubscribed\nok@x.com,\nu@x.com,yes\n",
        ("ok@x.com",),
        file_name="unsubscribed_column.csv",
    ),
]
