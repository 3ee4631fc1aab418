"""`make screenshots`: the README's pictures, from a product started for them and filled with made-up people."""

import random
import re
import tempfile
import zlib
from email import message_from_bytes, policy
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.journeys.visitor import PASSWORD, Visitor
from tests.running import ROOT, Product, until
from tools import testing
from tools.usage import takes_nothing

FOLDER = ROOT / "docs" / "pictures"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
NAMES = ("Amelia", "Bjørn", "Chiara", "Dario", "Élodie", "Farid", "Greta", "Hana", "Ines", "Jonas")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder) / "var")
        try:
            product.wait_for("Tallypost runs at")
            tell(product, Path(folder))
        finally:
            product.stop()


def tell(product: Product, folder: Path) -> None:
    visitor = Visitor(product)
    visitor.set_up(with_sample="on")
    rehearsed = int(product.sql("SELECT id FROM campaigns_campaign WHERE is_sample ORDER BY id DESC LIMIT 1")[0][0])
    draft = int(product.sql("SELECT id FROM campaigns_campaign WHERE NOT is_sample ORDER BY id LIMIT 1")[0][0])
    batch = visitor.launch(rehearsed)
    until(lambda: product.sql("SELECT state FROM delivery_batch WHERE id = %s", batch)[0][0] == "done", 120)
    read(product, visitor)
    file = folder / "spring-fair.csv"
    file.write_text(people())
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=testing.browser(), args=options)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        log_in(product, page)
        picture(page, product, f"/campaigns/{rehearsed}/", "report")
        picture(page, product, f"/campaigns/{draft}/", "campaign")
        picture(page, product, f"/campaigns/{draft}/content/", "editor")
        mail = product.sql("SELECT max(id) FROM delivery_sandboxmail")[0][0]
        picture(page, product, f"/sandbox/{mail}/", "sandbox")
        check_import(page, product, file)
        picture(page, product, page.url.removeprefix(product.url), "import")
        browser.close()


def read(product: Product, visitor: Visitor) -> None:
    """Some open, fewer click, a few leave: as a mail is read."""
    chance = random.Random(7)
    session = visitor.browser.session
    reader = {"User-Agent": FIREFOX}
    for (raw,) in product.sql("SELECT raw FROM delivery_sandboxmail ORDER BY id"):
        mail = message_from_bytes(zlib.decompress(raw), policy=policy.default)
        body = mail.get_body(("html",))
        links = re.findall(r"https?://[^\"'\s>]+/[oc]/[\w.-]+", body.get_content() if body else "")
        act = chance.random()
        for link in [link for link in links if "/o/" in link][: act < 0.55]:
            session.get(link, headers=reader, timeout=10)
        clicks = [link for link in links if "/c/" in link][:-1]  # the last one is hidden from people
        for link in chance.sample(clicks, min(len(clicks), 1 + (act < 0.05))) if act < 0.22 else []:
            session.get(link, headers=reader, allow_redirects=False, timeout=10)
        if act > 0.985:
            leave = str(mail["List-Unsubscribe"]).strip("<>")
            session.post(leave, {"List-Unsubscribe": "One-Click"}, timeout=10)


def people() -> str:
    rows = [
        f"{name.lower()}{n}@readers{n % 9}.example,{name},Reader,{2019 + n % 7}" for n in range(240) for name in NAMES
    ]
    broken = ["no address at all,Kim,Reader,2024", "lea@gmial.com,Lea,Reader,2024", rows[3]]
    return "E-mail,First name,Last name,Customer since\n" + "\n".join(rows + broken) + "\n"


def log_in(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/login/")
    page.locator("[name=login]").fill("olga@nordlicht.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{product.url}/")


def check_import(page: Page, product: Product, file: Path) -> None:
    page.goto(f"{product.url}/imports/new/")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Upload").click()
    page.locator("[name=new_list]").fill("Spring fair")
    page.locator("[name=consent_source]").first.check()
    page.get_by_role("button", name="See what will happen").click()
    page.get_by_role("button", name="Import ").wait_for()


def picture(page: Page, product: Product, path: str, name: str) -> None:
    page.goto(product.url + path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1200)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    takes_nothing("tools.pictures", __doc__)
    main()
