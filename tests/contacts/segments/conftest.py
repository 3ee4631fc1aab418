"""People of whom much, little and nothing is known."""

import pytest

from contacts.models import Field
from tests.contacts.segments.asked import person


@pytest.fixture
def townspeople(db: None) -> None:
    for key, kind in (("city", "text"), ("orders", "number"), ("born", "date"), ("vip", "boolean")):
        Field.objects.create(key=key, label=key.capitalize(), kind=kind)
    person("paris", attributes={"city": "Paris", "orders": 20, "born": "1990-02-28", "vip": True})
    person("lyon", attributes={"city": "LYON", "orders": 100, "born": "1984-12-31", "vip": False})
    person("odd", attributes={"city": "20", "orders": "many", "born": "soon", "vip": "perhaps"})
    person("empty", attributes={"city": "", "orders": None})
    person("nothing")
