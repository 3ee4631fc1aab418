// The mail in its frame: a document without scripts, read and changed from this page.
// The server marks every element of a block (data-block) and every column with the number it has in its block (data-column).
import { CANVAS } from "./frames.js";

const EMPTY_COLUMN_PX = 72;

const at = (id) => `[data-block="${CSS.escape(id)}"]`;
const inColumn = (id, number) => `[data-column="${CSS.escape(id)}:${number}"]`;

export class Mail {
  constructor(frame, place, changed) {
    this.frame = frame;
    this.place = place;
    this.changed = changed; // called whenever a block may have moved
    this.zoom = 1;
    this.left = 0;
    this.changes = new Set();
  }

  // As soon as its blocks are there; pictures may take long, and blocks move once they are.
  begin() {
    new ResizeObserver(() => this.fit({ isChanged: false })).observe(this.place);
    return this.during(new Promise((begun) => {
      const isThere = () => this.document && this.document.URL !== "about:blank" && this.document.readyState !== "loading";
      const look = () => (isThere() ? begun(this.#observe()) : requestAnimationFrame(look));
      look();
      this.frame.addEventListener("load", () => begun(this.#observe()));
    }));
  }

  // As long as the mail is about to change because of what was asked for, its canvas says that it is busy.
  during(change) {
    this.changes.add(change);
    this.place.setAttribute("aria-busy", "true");
    return change.finally(() => {
      this.changes.delete(change);
      if (!this.changes.size) this.place.removeAttribute("aria-busy");
    });
  }

  // Only then places on it can be told from the list of blocks.
  async settled() {
    while (this.changes.size) await Promise.allSettled(this.changes);
  }

  get document() {
    return this.frame.contentDocument;
  }

  #observe() {
    this.resized?.disconnect();
    this.resized = new ResizeObserver(() => this.fit({ isChanged: false }));
    this.resized.observe(this.document.body);
    this.#giveRoom();
    this.fit();
  }

  show(width) {
    this.place.dataset.shows = width;
    this.fit();
  }

  // The frame is as wide as a mail program and as tall as the mail; where there is less room it is drawn smaller.
  // `isChanged`: blocks may have moved within it.
  fit({ isChanged = true } = {}) {
    const body = this.document?.body;
    if (!body) return;
    const canvas = CANVAS[this.place.dataset.shows ?? "desktop"];
    this.zoom = Math.min(1, this.place.clientWidth / canvas);
    this.left = Math.max(0, (this.place.clientWidth - canvas * this.zoom) / 2);
    const { style } = this.frame;
    style.width = `${canvas}px`;
    style.transform = `translateX(${this.left}px) scale(${this.zoom})`;
    const tall = Math.max(...[...body.children].map((child) => child.getBoundingClientRect().bottom), 320);
    const size = [canvas, this.zoom, this.left, tall].join();
    if (!isChanged && size === this.size) return;
    this.size = size;
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

  // Of all blocks at once, by id: to ask for each looks through the whole mail each time.
  boxes() {
    const found = new Map();
    for (const part of this.document?.querySelectorAll("[data-block]") ?? []) {
      const rect = part.getBoundingClientRect();
      if (!rect.width) continue;
      const edges = found.get(part.dataset.block);
      if (!edges) found.set(part.dataset.block, { top: rect.top, left: rect.left, bottom: rect.bottom, right: rect.right });
      else {
        for (const side of ["top", "left"]) edges[side] = Math.min(edges[side], rect[side]);
        for (const side of ["bottom", "right"]) edges[side] = Math.max(edges[side], rect[side]);
      }
    }
    for (const [id, edges] of found) found.set(id, this.#onCanvas(edges));
    return found;
  }

  #onCanvas({ top, left, bottom, right }) {
    const { zoom } = this;
    return { top: top * zoom, left: left * zoom + this.left, height: (bottom - top) * zoom, width: (right - left) * zoom };
  }

  boxOf = (id) => this.box(at(id));
  boxOfColumn = (id, number) => this.box(inColumn(id, number));

  // One block anew: the rows of a table or a whole section.
  exchange(id, html) {
    const [first, ...more] = this.document.querySelectorAll(at(id));
    if (!first || !html.trim()) return;
    const holder = this.document.createElement(first.localName === "tr" ? "tbody" : "div");
    holder.innerHTML = html;
    more.forEach((row) => row.remove());
    first.replaceWith(...holder.childNodes);
    this.#giveRoom();
    this.fit();
  }

  // The whole mail anew; what stays the same stays in place, so that no picture flickers.
  replace(html) {
    const fresh = this.document.implementation.createHTMLDocument("");
    fresh.documentElement.innerHTML = html;
    const old = new Map([...this.document.querySelectorAll("[id^=block-]")].map((block) => [block.id, block]));
    this.document.head.replaceChildren(...[...fresh.head.childNodes].map((node) => this.document.importNode(node, true)));
    const body = this.document.importNode(fresh.body, true);
    for (const block of body.querySelectorAll("[id^=block-]")) {
      const same = body.contains(block) && old.get(block.id); // what stands in one that was kept is kept with it
      if (same?.outerHTML === block.outerHTML) block.replaceWith(same);
    }
    this.document.body.replaceWith(body);
    this.#observe();
  }

  // No picture that loads meanwhile moves a block; what this gives lets them take their room.
  hold() {
    const held = [...this.document.images].filter((picture) => !picture.complete).map((picture) => {
      const { width, height } = picture.getBoundingClientRect();
      const style = picture.getAttribute("style") ?? "";
      picture.style.cssText += `;box-sizing:border-box;width:${width}px;height:${height}px;max-width:none`;
      return [picture, style];
    });
    return () => held.forEach(([picture, style]) => picture.setAttribute("style", style));
  }

  // A column without blocks has no height of its own.
  #giveRoom() {
    for (const column of this.document.querySelectorAll("[data-column]")) {
      if (!column.querySelector("[data-block]")) column.style.height = `${EMPTY_COLUMN_PX}px`;
    }
  }
}
