// The mail in its frame: a document without scripts, read and changed from this page.
// The server marks each block with the class at-<id>, each column with in-<id of its block>-<number>.
const CANVAS = { desktop: 640, phone: 375 };

const at = (id) => `.at-${CSS.escape(id)}`;

export class Mail {
  constructor(frame, place, changed) {
    this.frame = frame;
    this.place = place;
    this.changed = changed; // called whenever a block may have moved
    this.zoom = 1;
    this.left = 0;
  }

  begin() {
    this.frame.addEventListener("load", () => this.#observe());
    if (this.document?.readyState === "complete" && this.document.URL !== "about:blank") this.#observe();
    new ResizeObserver(() => this.fit()).observe(this.place);
  }

  get document() {
    return this.frame.contentDocument;
  }

  #observe() {
    this.resized?.disconnect();
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.document.body);
    this.fit();
  }

  show(width) {
    this.place.dataset.shows = width;
    this.fit();
  }

  // The frame is as wide as a mail program and as tall as the mail; where there is less room it is drawn smaller.
  fit() {
    const body = this.document?.body;
    if (!body) return;
    const canvas = CANVAS[this.place.dataset.shows ?? "desktop"];
    this.zoom = Math.min(1, this.place.clientWidth / canvas);
    this.left = Math.max(0, (this.place.clientWidth - canvas * this.zoom) / 2);
    const { style } = this.frame;
    style.width = `${canvas}px`;
    style.transform = `translateX(${this.left}px) scale(${this.zoom})`;
    const tall = Math.max(...[...body.children].map((child) => child.getBoundingClientRect().bottom), 320);
    style.height = `${Math.ceil(tall)}px`;
    this.place.style.height = `${Math.ceil(tall * this.zoom)}px`;
    this.changed();
  }

  // Where a block or a column stands on the page's own canvas; null where the mail does not show it.
  box(selector) {
    const rects = [...(this.document?.querySelectorAll(selector) ?? [])].map((one) => one.getBoundingClientRect()).filter((one) => one.width);
    if (!rects.length) return null;
    const edge = (pick, side) => pick(...rects.map((rect) => rect[side])) * this.zoom;
    const top = edge(Math.min, "top");
    const left = edge(Math.min, "left") + this.left;
    return { top, left, height: edge(Math.max, "bottom") - top, width: edge(Math.max, "right") + this.left - left };
  }

  boxOf = (id) => this.box(at(id));
  boxOfColumn = (id, number) => this.box(`.in-${CSS.escape(id)}-${number}`);

  elementOf(id) {
    return this.document?.querySelector(at(id));
  }

  // One section anew, and the style sheets that it brings.
  exchange(html) {
    const fresh = this.#read(html);
    const known = new Set([...this.document.querySelectorAll("style")].map((sheet) => sheet.textContent));
    for (const sheet of fresh.querySelectorAll("style")) {
      if (!known.has(sheet.textContent)) this.document.head.append(this.document.importNode(sheet, true));
    }
    for (const section of sectionsOf(fresh)) {
      const old = this.elementOf(idOf(section));
      old?.replaceWith(this.document.importNode(section, true));
    }
    this.fit();
  }

  // The whole mail anew; sections that stay the same stay in place, so that no picture flickers.
  replace(html) {
    const fresh = this.#read(html);
    const old = new Map(sectionsOf(this.document).map((section) => [idOf(section), section]));
    this.document.head.replaceChildren(...[...fresh.head.childNodes].map((node) => this.document.importNode(node, true)));
    const body = this.document.importNode(fresh.body, true);
    for (const section of sectionsOf(body)) {
      const same = old.get(idOf(section));
      if (same?.outerHTML === section.outerHTML) section.replaceWith(same);
    }
    this.document.body.replaceWith(body);
    this.#observe();
  }

  // In a page of the frame's own, so that its policy holds and not this page's.
  #read(html) {
    const page = this.document.implementation.createHTMLDocument("");
    page.documentElement.innerHTML = html;
    return page;
  }
}

const idOf = (section) => [...section.classList].find((name) => name.startsWith("at-")).slice(3);

// Blocks that stand in no other.
const sectionsOf = (root) => [...root.querySelectorAll("[class*='at-']")].filter((one) => marked(one) && !outerOf(one));
const marked = (one) => [...one.classList].some((name) => name.startsWith("at-"));
const outerOf = (one) => {
  let outer = one.parentElement;
  while (outer && !marked(outer)) outer = outer.parentElement;
  return outer;
};
