"""`bench editor`: how long a mail of many sections takes to compile, and from a key press to the changed mail.

`compile_ms` is the whole mail after a change in one block, as the product compiles it, `cold_compile_ms` one of which
nothing is known yet. `keypress_ms` is what somebody feels: from the key going down in the block's form to the frame
after the mail shows the letter, in Chromium, with the product's own web server.
"""

import argparse
import json
import time
from statistics import median
from typing import Any

from bench.pages import OWNER, PASSWORD, fill, p95, product
from bench.stage import stage
from tools import testing

_KINDS = ("heading", "text", "button", "image", "columns", "divider")
# Resolves with the milliseconds between the next key and the first frame in which the mail has these words.
_WATCH = """words => {
    const mail = document.querySelector('.canvas iframe').contentDocument
    let pressed = 0
    addEventListener('keydown', () => pressed = performance.now(), {once: true, capture: true})
    window.shown = new Promise(done => {
        const observer = new MutationObserver(() => {
            if (!mail.body.textContent.includes(words)) return
            observer.disconnect()
            requestAnimationFrame(() => done(performance.now() - pressed))
        })
        observer.observe(mail, {subtree: true, childList: true, characterData: true})
    })
}"""


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench editor")
    parser.add_argument("--json", action="store_true", help="one line instead of a table")
    parser.add_argument("--sections", type=int, default=60)
    parser.add_argument("--keys", type=int, default=60)
    options = parser.parse_args(argv)
    with stage("editor"):
        from django.db import connection

        fill(200, 2)
        pk = _draft(options.sections)
        found = {"bench": "editor", "sections": options.sections} | _compiling(pk)
        connection.close()
        with product() as port:
            found |= _typing(f"http://localhost:{port}", pk, options.keys)
    print(json.dumps(found) if options.json else json.dumps(found, indent=2))


def _draft(sections: int) -> int:
    from accounts.models import User
    from campaigns.content import blocks
    from campaigns.models import Campaign

    made = [_block(number) for number in range(sections - 1)]
    document = blocks.validate({"blocks": [*made, {"kind": "footer"}]})
    return Campaign.objects.create(name="Long", blocks=document, created_by=User.objects.first()).pk


def _block(number: int) -> dict[str, Any]:
    """Neighbours on different grounds, so that each is a section."""
    kind, words = _KINDS[number % len(_KINDS)], f"Words of block {number}, as long as people write them."
    block = {
        "id": f"b{number}",
        "kind": kind,
        "band": ("paper", "tint")[number % 2],
        "text": words,
        "label": words[:20],
    }
    inner = {"id": f"c{number}", "kind": "text", "html": f"<p>{words}</p>"}
    columns = [[inner], [inner | {"id": f"d{number}"}]]
    return block | {"html": f"<p>{words} {words}</p>", "url": "https://example.org/", "columns": columns}


def _compiling(pk: int) -> dict[str, float]:
    from campaigns.editor import canvas
    from campaigns.models import Campaign

    campaign = Campaign.objects.get(pk=pk)
    canvas.page(Campaign(name="Other", blocks={}), None)  # what compiles has begun
    started = time.perf_counter()
    canvas.page(campaign, None)
    cold = (time.perf_counter() - started) * 1000
    taken = []
    for number in range(20):
        campaign.blocks["blocks"][0]["text"] = f"Changed {number}"
        started = time.perf_counter()
        canvas.page(campaign, None)
        taken.append((time.perf_counter() - started) * 1000)
    return {"compile_ms": round(median(taken), 1), "cold_compile_ms": round(cold, 1)}


def _typing(address: str, pk: int, keys: int) -> dict[str, float]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=testing.browser(), args=arguments)
        page = chromium.new_page(base_url=address, viewport={"width": 1280, "height": 900})
        page.goto("/login/")
        page.locator("[name=login]").fill(OWNER)
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        page.goto(f"/campaigns/{pk}/content/?open=b0")
        page.locator("#side-panel [name=text]").fill("x")
        page.frame_locator(".canvas iframe").get_by_text("x", exact=True).wait_for()
        taken, words = [], "x"
        for number in range(keys):
            letter = "abcdefghij"[number % 10]
            words += letter
            page.evaluate(_WATCH, words)
            page.keyboard.press(letter)
            taken.append(float(page.evaluate("window.shown")))
        chromium.close()
    return {"keypress_ms": round(median(taken), 1), "keypress_p95_ms": p95(taken)}
