"""What an opening or a click tells of its reader beside who it was: the program, the kind of device, the country.

Kept with the event, so that a later verdict takes out of the sums exactly what was put in, whatever the library or
the GeoIP file would say by then.
"""

from functools import lru_cache
from typing import NamedTuple

from tracking.clients import PROXIES, client_of
from tracking.intake.countries import country_of
from tracking.models import Breakdown


class Traits(NamedTuple):
    client: str = ""
    device: str = ""
    country: str = ""


NONE = Traits()
# In the order of the fields.
BY = (Breakdown.By.CLIENT.value, Breakdown.By.DEVICE.value, Breakdown.By.COUNTRY.value)


def traits_of(user_agent: str, ip: str, *, is_open: bool) -> Traits:
    told = _without_country(user_agent, is_open)
    # A proxy's address says where the proxy stands.
    country = "" if told.client in PROXIES else country_of(ip)
    return Traits(told.client, told.device, country) if country else told


@lru_cache(4096)
def _without_country(user_agent: str, is_open: bool) -> Traits:
    client = client_of(user_agent, is_open)
    return Traits(client.name, client.device.value)
