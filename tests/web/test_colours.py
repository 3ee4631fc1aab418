"""Colours that passed are not judged again; whatever differs is."""

from tests.web.browser import COLOURS_ALONE, visitor

GOOD = """<!doctype html><html lang="en"><title>A page</title><style>
    body { color: #222; background: #fff }
    nav { position: sticky; top: 0; background: #eef }
    nav a { display: block; color: #004 }
    p { max-width: 60ch }
    .box { background: #113; color: #dde; position: relative; height: 40px; margin-bottom: 99px }
    .large { font-size: 30px; color: #888 }
    .hint { color: #bbb }
    .bold { text-decoration: none; font-weight: 700 }
    .bar { position: fixed; z-index: 1; inset: auto 0 0; height: 99px; background: #eef; color: #004 }
    dialog { position: fixed; inset: auto 0 0; margin: 0; color: #222; background: #fff }
    @media (prefers-color-scheme: dark) {
        body { color: #eee; background: #111 }
        nav { background: #224 }
        nav a, p a { color: #cdf }
        .large { color: #999 }
        .bar { background: #224; color: #cdf }
    }
    /* more style */
    </style><body><nav><a href="/">Home</a><a href="/more/">More</a></nav><main>
    <p class="large">Large words</p>
    <p id="words">Words with <a href="/there/">a link</a> among them and after it</p>
    <p>Words with <a class="bold" href="/bold/">a bold link</a> among them and after it</p>
    <div class="box"><span>In a box</span></div>
    <button disabled class="hint">Not now</button><p hidden class="hint">Later</p>
    <table><tr><td>One<tr><td>Two<tr><td>Three<tr><td>Four</table>
    <dialog id="ask"><form action="/things/3/"><p>Sure?</p></form></dialog></main>
    <div class="bar">Over all but what is asked</div>"""
# What is wrong, and with which words of the good page what others are exchanged.
WRONG = {
    "a link of the navigation": ('<a href="/more/">', '<a href="/more/" style="color: #99c">'),
    "at one width": ("/* more style */", "@media (max-width: 500px) { td { color: #bbb; background: #fff } }"),
    "at the other width": ("/* more style */", "@media (min-width: 500px) { td { color: #bbb; background: #fff } }"),
    "in the dark": ("/* more style */", "@media (prefers-color-scheme: dark) { td { color: #333 } }"),
    "in the light": ("/* more style */", "@media (prefers-color-scheme: light) { td { color: #ddd } }"),
    "one row of many": ("<td>Three", '<td class="hint">Three'),
    "in a dialog": ("<p>Sure", '<p style="color: #777; background: #888">Sure'),
    "in a dialog at one width": (
        "<p>Sure",
        "<style>@media (max-width: 500px) { dialog p { color: #bbb } }</style><p>Sure",
    ),
    "a link no bolder": ("font-weight: 700 }", "font-weight: 400 }"),
    "a link by colour alone": ("/* more style */", "p a { text-decoration: none; color: inherit } p a { color: #333 }"),
    "what is behind": ("<table>", '<table style="background: #777">'),
    "what is half seen": ("<table>", '<table style="opacity: .4">'),
    "outside of what paints it": ("<span>", '<span style="position: absolute; top: 60px">'),
    "over what is none of its ancestors": (
        "<td>Three",
        '<td><i style="position: absolute; width: 99px; height: 30px; background: #777"></i>'
        '<b style="position: relative; font-weight: 400">Three</b>',
    ),
    "small": (".large { font-size: 30px", ".large { font-size: 14px"),
    "thin": ("<td>Four", '<td><b style="font-size: 19px; color: #888; font-weight: 400">Four</b>'),
    "filled": ("<td>Four", '<td style="-webkit-text-fill-color: #bbb">Four'),
    "what was disabled": ("<button disabled", "<button"),
    "what was hidden": ("<p hidden", "<p"),
}


def test_what_is_wrong_is_found_after_the_same_page_without_it_and_what_passed_is_not_judged_again() -> None:
    shown = GOOD
    with visitor("http://pages.test", None, rules=COLOURS_ALONE) as visit:
        visit.page.route("**/*", lambda route: route.fulfill(content_type="text/html", body=shown))

        def found() -> list[str]:
            visit.found.clear()
            visit.page.goto("/")
            visit.look(with_dialogs=True)
            return list(visit.found)

        assert not found()
        assert visit.page.evaluate("[...colours.unjudged(document.body).values()].map(all => all.size)") == [0, 0]
        missed = []
        for fault, (right, wrong) in WRONG.items():
            assert GOOD.count(right) == 1
            shown = GOOD.replace(right, wrong)
            if not found():
                missed.append(fault)
        assert not missed

        # A dialog that differs in the number of its address is the same one, and any other is not.
        shown = GOOD.replace("/things/3/", "/things/4/").replace("<dialog", '<dialog id="more">Why?</dialog><dialog')
        shown = shown.replace("/* more style */", "dialog { color: #777; background: #888 }")
        assert {text.partition("[")[2].split()[1] for text in found() if "[dialog" in text} == {"more"}
