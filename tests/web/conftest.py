"""The editor of a mail, in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from campaigns.content import blocks
from campaigns.models import Campaign
from tests.web.browser import Editor, Visitor, visitor
from tests.web.cast import Cast


@pytest.fixture
def editor(live_server: LiveServer, draft: Campaign) -> Editor:
    """Of the file's own `draft`; in the end the browser has complained of nothing."""

    @contextmanager
    def opened(width: int = 1280, *, touch: bool = False) -> Iterator[Visitor]:
        session = Cast(Role.OWNER).browser().cookies["sessionid"].value
        with visitor(live_server.url, session, touch=touch) as visit:
            visit.page.set_viewport_size({"width": width, "height": 844})
            visit.page.goto(f"/campaigns/{draft.pk}/content/")
            expect(visit.page.locator(".spot:not([data-column])")).to_have_count(len(list(blocks.walk(draft.blocks))))
            yield visit
            assert not visit.found

    return opened
