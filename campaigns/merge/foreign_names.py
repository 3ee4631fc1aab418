"""What other systems call the details that we have, whatever they put round them."""

import re

# Before a name, where it says whose: contact.FIRSTNAME, data:firstname, recipient.name.
OWNERS = (
    "attributes?|context|contact|contactfield|contact_?attribute|custom|customer|custom_?attribute|data|fields?|leads?|"
    "leadfield|"
    "member|merge_?fields?|params?|person|personalization|profile|properties|recipient|subscriber|substitutions?|user|"
    "userprofile|var|vars|visitor|message|account|organi[sz]ation|company|campaign|newsletter|system|site_?settings|"
    "event|link|date|site|mj|pm|li|html|list|sender|store|shop|trigger|ownerfield|workspace"
)
OWNERS = rf"subscriber\.attribs|{OWNERS}"
_OWNER = re.compile(rf"(?:{OWNERS})\s*[.:=\s]\s*", re.IGNORECASE)
_FIRST = "firstname fname first givenname forename vorname prenom prénom nombre firstnamefix name fullname nickname"
_LAST = "lastname lname last surname familyname nachname nom apellido apellidos lastnamefix namelast"
_EMAIL = "email emailaddress emailto mail emailadresse useremail emailid emailaddr"
_ADDRESS = (
    "listaddress listaddresshtml htmllistaddresshtml senderinfo accountaddress organizationfulladdress fulladdress "
    "physicaladdress postaladdress senderaddress sitesettingscompanystreetaddress1 listaddressline addressblock"
)
_VIEW = (
    "webversion webview webviewurl webviewtext webviewlink viewinbrowser viewonline viewasweb viewemailinbrowser "
    "browser webcopy archive archiveurl archivepage mirror mirrorurl permalink weblink viewaswebpageurl "
    "weblinkurl emailviewurl messageurl"
)
_SETTINGS = re.compile(
    r"preference|updateprofile|manageurl|managesub|profileurl|updatelink|editprofile|subscriptioncent"
)
_NAME = "listcompany organizationname sendername accountcompany accountname sitesettingscompanyname organisationname"
_OURS = {
    **dict.fromkeys(_FIRST.split(), "first_name"),
    **dict.fromkeys(_LAST.split(), "last_name"),
    **dict.fromkeys(_EMAIL.split(), "email"),
    **dict.fromkeys(_ADDRESS.split(), "postal_address"),
    **dict.fromkeys(_NAME.split(), "organisation_name"),
    **dict.fromkeys(_VIEW.split(), "view_url"),
}
# What comes of itself here: the preheader, the pixel and links that are counted; and advertising for the other system.
OF_ITSELF = frozenset(["mcpreviewtext", "ifmcpreviewtext", "trackview", "tracklink", "rewards"])
SUBJECTS = frozenset(["mcsubject", "campaignsubject"])  # in the title of a page
_NETWORKS = re.compile("twitter|facebook|instagram|linkedin|youtube|pinterest|tiktok|mastodon|bluesky|threads")
# As exports name what tags call by a shorter name.
_LABELS = {"phone": "phonenumber"}
# Nothing here stands for these, but whoever writes them in brackets means a tag.
_ELSEWHERE = (
    "forward forwardurl forwardtoafriend usertrack userid subscriberid contactid mmerge currentyear currentdate "
    "companyname phonenumber rewards signature trackinglink messageidentity"
)
_WITHOUT = frozenset(_ELSEWHERE.split())
_LEAVING = re.compile(r"unsub|optout|desinscri|desuscri|abmeld|removelink|removeurl|blacklist")


def translated(name: str, fields: dict[str, str]) -> str:
    """Our name for it, "" where there is none. `fields`: our fields by their plain spelling, see `plain`."""
    for spelling in dict.fromkeys((plain(name), plain(_OWNER.sub("", name.strip(" _$@!."), count=1)))):
        if (
            ours := fields.get(spelling)
            or fields.get(_LABELS.get(spelling, ""))
            or _OURS.get(spelling)
            or ("preferences_url" if _is_about_settings(spelling) else "")
            or ("unsubscribe_url" if _LEAVING.search(spelling) else "")
        ):
            return ours
    return ""


def _is_about_settings(spelling: str) -> bool:
    is_elsewhere = _LEAVING.search(spelling) or _NETWORKS.search(spelling)  # a profile with another service
    return bool(_SETTINGS.search(spelling)) and not is_elsewhere


def is_known(name: str) -> bool:
    """Whether somebody who writes this between brackets can only mean a merge tag."""
    spelling = plain(_OWNER.sub("", name, count=1)).rstrip("0123456789")
    is_link = _LEAVING.match(spelling) or _SETTINGS.match(spelling)
    return spelling in _OURS or spelling in _WITHOUT or bool(is_link and len(spelling) < 40)


def plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))
