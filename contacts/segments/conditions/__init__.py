"""One file a condition. Those about mail, clicks and campaigns are registered by the parts above."""

from contacts.segments.conditions.by_form import CameByForm
from contacts.segments.conditions.consent import Agreed
from contacts.segments.conditions.consent_ending import ConsentEnds
from contacts.segments.conditions.language import Language
from contacts.segments.conditions.lists import OnList
from contacts.segments.conditions.paused import Paused
from contacts.segments.conditions.profile import Profile
from contacts.segments.conditions.random_share import RandomShare
from contacts.segments.conditions.segment import InSegment
from contacts.segments.conditions.suppressed import Suppressed
from contacts.segments.conditions.tags import Tag
from contacts.segments.conditions.time_zone import TimeZone
from contacts.segments.conditions.tracking_consent import AgreedToCounting
from contacts.segments.conditions.withdrawn import Withdrew

EVERY = (
    Profile,
    Tag,
    Language,
    TimeZone,
    RandomShare,
    OnList,
    Agreed,
    ConsentEnds,
    AgreedToCounting,
    CameByForm,
    Withdrew,
    Paused,
    Suppressed,
    InSegment,
)
