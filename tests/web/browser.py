"""Chromium with axe: looks at a page in both themes and widths and says what is wrong."""

import asyncio
import atexit
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, ConsoleMessage, Page, Route, ViewportSize, expect, sync_playwright

from tools import testing

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
COLOURS_JS = Path(__file__).with_name("colours.js")
_judged: set[str] = set()  # keys of colours that passed, on whatever page of this process
# Of theme and width only one changes at a time, for to draw a page anew costs as much as a look at it; and the next
# look begins where the last one ended, at either end.
_VIEWS: tuple[tuple[int, Literal["light", "dark"]], ...] = (
    (1280, "light"),
    (1280, "dark"),
    (390, "dark"),
    (390, "light"),
)
PATIENCE_MS = 120_000  # with a busy machine
# Each sandboxed frame, which all mails are shown in, would begin a process of its own. No page stays long enough for it
# to be worth while that its scripts are optimised: an eighth of all processor time.
_OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-site-isolation-trials", "--js-flags=--no-turbofan --no-maglev"),
)
# Frames hold mails, which are their authors' business. A theme changes nothing but colours; no transition delays them.
# What stands fixed behind an open dialog axe would take for a bar above it, whose words it would then not judge.
_RUN = """async ([dialogs, theme, rules, judged]) => {
    if (!('axe' in window)) return null
    judged.split(' ').forEach(key => colours.judged.add(key))
    if (!window.still) {
        window.still = new CSSStyleSheet()
        window.still.replaceSync('*, ::before, ::after { transition: none !important; animation: none !important }')
        window.alone = new CSSStyleSheet({disabled: true})
        window.alone.replaceSync(':not(:modal, :modal *, :has(:modal)) { visibility: hidden !important }')
        document.adoptedStyleSheets.push(window.still, window.alone)
    }
    while (!matchMedia(`(prefers-color-scheme: ${theme})`).matches) await new Promise(requestAnimationFrame)
    const quickly = {iframes: false, resultTypes: ['violations'], preload: {assets: ['media']}, selectors: false}
    // A new width is laid out by then.
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    const look = async where => {
        const {violations, passed} = await colours.look(where, {...quickly, ...rules}, 'runOnly' in rules)
        return [where.id, violations, passed.join(' '), document.documentElement.scrollWidth - innerWidth]
    }
    const seen = [await look(document.documentElement)]
    for (const dialog of dialogs.map(id => document.getElementById(id))) {
        dialog.showModal()
        window.alone.disabled = false
        seen.push(await look(dialog)) // nothing behind it can be reached
        dialog.close()
        window.alone.disabled = true
    }
    return seen
}"""
# Those of two things differ in the numbers of their addresses, which nobody sees.
_DIALOGS = r"""() => [...document.querySelectorAll('dialog[id]')].map(({id, outerHTML}) => [
    id,
    outerHTML.replace(/(name="csrfmiddlewaretoken" value=")[^"]*/g, '$1').replace(/(?<=="\/[^"<>]*\/)\d+(?=[/"])/g, ''),
])"""
# A form is answered by a page that has forgotten this, or by a part of the page that stands.
_AWAIT_ANSWER = """() => {
    const page = document.documentElement
    page.dataset.waits = ''
    document.addEventListener('htmx:afterSettle', () => { delete page.dataset.waits }, {once: true})
}"""
# A4 without the margins of print.css, at 96 pixels an inch.
_SHEET: ViewportSize = {"width": 688, "height": 1002}
_ON_PAPER = """() => {
    const name = one => `${one.tagName.toLowerCase()}.${one.className} "${one.textContent.trim().slice(0, 60)}"`
    const isSeen = one => one.checkVisibility() && one.offsetHeight > 1
    const all = [...document.querySelectorAll('main *')].filter(one => one instanceof HTMLElement)
    const lost = all.filter(one => one.matches('table') && !isSeen(one) && !one.closest('.not-printed'))
    const wide = all.filter(one => isSeen(one) && one.getBoundingClientRect().right > innerWidth + 1)
    const cut = all.filter(one => isSeen(one) && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1
        && !one.matches('iframe, canvas') && getComputedStyle(one).overflowX !== 'visible')
    const heads = all.filter(one => one.closest('thead') && isSeen(one))
    const once = heads.filter(one => one.matches('button') || getComputedStyle(one).position !== 'static')
    const found = {'there is no': lost, 'beyond the sheet': wide.slice(-1), 'cut off': cut, 'on one sheet alone': once}
    return Object.entries(found).flatMap(([problem, all]) => all.map(one => `${problem}: ${name(one)}`))
}"""
_COLOURS: dict[str, Any] = {"runOnly": ["color-contrast", "link-in-text-block"]}
_RULES: dict[str, dict[str, Any]] = {"light": {}, "dark": _COLOURS}
# What axe leaves out of itself: WCAG 2.2 AA wants links and buttons as large as a finger needs (2.5.8).
TARGETS = {"light": {"rules": {"target-size": {"enabled": True}}}, "dark": _COLOURS}
COLOURS_ALONE = {"light": _COLOURS, "dark": _COLOURS}

# Forms with errors, and pictures of mails whose public address does not exist.
_EXPECTED = ("status of 422", "ERR_NAME_NOT_RESOLVED")


class Visitor:
    def __init__(self, page: Page, rules: Mapping[str, Any]) -> None:
        self.page = page
        self._rules = rules
        self.found: list[str] = []
        self._axe = f"{AXE.read_text()}\n{COLOURS_JS.read_text()}"
        self._dialogs: set[str] = set()
        self._looks = False
        self._theme = ""  # that the page was last told
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.note(f"script error: {error}"))

    def note(self, text: str) -> None:
        self.found.append(f"{self.page.url}: {text}")

    def look(self, what: str = "", *, with_dialogs: bool = False) -> None:
        """The page as it stands, and perhaps each of its dialogs, in both themes and widths."""
        dialogs = self._new_dialogs() if with_dialogs else []
        began = self.page.viewport_size
        is_narrow = began is not None and began["width"] == _VIEWS[-1][0]
        for width, theme in reversed(_VIEWS) if is_narrow else _VIEWS:
            if self.page.viewport_size != (size := ViewportSize(width=width, height=900)):
                self.page.set_viewport_size(size)
            if self._theme != theme:
                self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                self._theme = theme
            self._check(theme, f"{what} {theme} {width}".strip(), self._rules[theme], dialogs)

    def send(self, button: str) -> None:
        """Press it, until what the server answers stands on the page."""
        self.page.evaluate(_AWAIT_ANSWER)
        self.page.click(button)
        expect(self.page.locator("html[data-waits]")).to_have_count(0)
        self.page.wait_for_load_state()

    def look_on_paper(self) -> None:
        """Every table is printed, also one that the screen folds away or has in a form, but for what one works with;
        nothing is wider than the sheet or cut off; and whoever works in the dark theme prints what can be read.
        """
        self.page.set_viewport_size(_SHEET)
        self.page.emulate_media(media="print", color_scheme="light")
        self._theme = "light"
        self.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        for problem in self.page.evaluate(_ON_PAPER):
            self.note(f"[on paper] {problem}")
        self._check("light", "on paper", _COLOURS)
        self.page.emulate_media(media="screen")

    def _new_dialogs(self) -> list[str]:
        """Ids of those that differ from all that were looked at before: many a page has the same."""
        found = {name: html for name, html in self.page.evaluate(_DIALOGS) if html not in self._dialogs}
        self._dialogs.update(found.values())
        return list(found)

    def _check(self, theme: str, what: str, rules: Mapping[str, Any], dialogs: Sequence[str] = ()) -> None:
        asked = [dialogs, theme, rules, " ".join(_judged)]
        if (seen := self.page.evaluate(_RUN, asked)) is None:
            self.page.evaluate(self._axe)
            if not self._looks:  # the pages to come bring it along, which takes half as long
                self.page.add_init_script(self._axe)
                self._looks = True
            seen = self.page.evaluate(_RUN, asked)
        for dialog, violations, passed, too_wide in seen:
            _judged.update(passed.split())
            where = f"dialog {dialog} {what}" if dialog else what
            for violation in violations:
                self.note(f"[{where}] {_in_words(violation)}")
            if too_wide > 0:
                self.note(f"[{where}] scrolls sideways by {too_wide} px")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in _EXPECTED):
            self.note(f"console: {message.text}")


class Held:
    """Requests that begin with that address, each answered once the test goes on with it."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._routes = page, list[Route]()
        page.route(address, lambda route: self._routes.append(route))
        if page.url != "about:blank":
            _await_interception(page)

    def next(self) -> Route:
        for _ in range(6000):
            if self._routes:
                return self._routes.pop(0)
            self._page.wait_for_timeout(10)  # in which playwright hears of the next request
        raise AssertionError("the page did not ask")


def _await_interception(page: Page) -> None:
    """Chromium says that it holds requests before its pages know: one that is sent at once would slip through."""
    address = page.evaluate("document.querySelector('link[rel=icon]').href")
    page.route(address, lambda route: route.fulfill(body="held"))
    while page.evaluate("async address => (await fetch(address)).text()", address) != "held":
        pass
    page.unroute(address)


Editor = Callable[..., AbstractContextManager[Visitor]]


@contextmanager
def visitor(
    base_url: str, session: str | None, *, touch: bool = False, rules: Mapping[str, Any] = _RULES
) -> Iterator[Visitor]:
    """A browser that carries the session cookie of somebody who is logged in; `touch`: a phone's."""
    cookies = [{"name": "sessionid", "value": session, "url": base_url}] if session else []
    with chromium() as browser:
        context = browser.new_context(base_url=base_url, has_touch=touch, is_mobile=touch)
        try:
            context.set_default_timeout(PATIENCE_MS)
            context.add_cookies(cookies)  # type: ignore[arg-type]
            yield Visitor(context.new_page(), rules)
        finally:
            context.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The one Chromium of this test process, for to start one costs more than most tests: close what you open in it.

    Playwright's event loop counts as running only inside, where nobody reaches the database nor runs another loop.
    """
    loop, browser = _started()
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    expect.set_options(timeout=PATIENCE_MS)
    try:
        yield browser
    finally:
        asyncio._set_running_loop(before)


@cache
def _started() -> tuple[asyncio.AbstractEventLoop, Browser]:
    playwright = sync_playwright().start()
    loop = asyncio.get_running_loop()

    @atexit.register
    def stop() -> None:
        asyncio._set_running_loop(loop)
        playwright.stop()

    try:
        return loop, playwright.chromium.launch(executable_path=testing.browser(), timeout=PATIENCE_MS, args=_OPTIONS)
    finally:
        asyncio._set_running_loop(None)


def _in_words(violation: dict[str, Any]) -> str:
    node = violation["nodes"][0]
    why = " ".join(node["failureSummary"].split())
    return f"{violation['id']} ({len(violation['nodes'])}x): {node['html'][:160]} – {why[:240]}"
