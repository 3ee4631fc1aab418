// A real button over every block of the mail, which can be clicked, focused and read aloud; empty columns have one, too.
import * as outline from "./outline.js";

export class Spots {
  constructor(place, mail, { choose, fill, commentsOn }) {
    this.place = place;
    this.mail = mail;
    this.chosen = "";
    this.commentsOn = commentsOn; // how many conversations a block has
    this.buttons = new Map();
    place.addEventListener("click", ({ target, detail, clientX, clientY }) => {
      const spot = target.closest(".spot");
      if (spot?.dataset.column) fill(spot.dataset.spot, Number(spot.dataset.column));
      else if (spot) choose(spot.dataset.spot, detail ? { x: clientX, y: clientY } : null);
    });
    place.addEventListener("keydown", (event) => this.#walk(event, choose));
  }

  draw() {
    const empty = outline.rows().filter((row) => row.inside && !row.blocks.length);
    const boxes = this.mail.boxes();
    const wanted = outline.all().flatMap((block) => [
      [block.id, boxes.get(block.id), this.#named(block)],
      ...empty
        .filter((row) => row.inside === block.id)
        .map((row) => [`${row.inside}/${row.column}`, this.mail.boxOfColumn(row.inside, row.column), `Add to column ${row.column + 1}`]),
    ]);
    const focused = [...this.place.children].indexOf(document.activeElement);
    const kept = new Set();
    for (const [key, box, label] of wanted) {
      if (!box) continue;
      kept.add(key);
      this.#put(key, box, label);
    }
    for (const [key, button] of this.buttons) {
      if (kept.has(key)) continue;
      button.remove();
      this.buttons.delete(key);
    }
    this.#inOrder([...kept]);
    this.mark(this.chosen);
    // Whoever stands on a block that goes stands on the one in its place.
    const isLost = focused >= 0 && document.activeElement === document.body;
    if (isLost) this.place.children[Math.min(focused, kept.size - 1)]?.focus({ preventScroll: true });
  }

  #named({ id, label, excerpt }) {
    const count = this.commentsOn(id);
    const words = excerpt ? `${label}: ${excerpt}` : label;
    return count ? `${words}, ${count} ${count === 1 ? "comment" : "comments"}` : words;
  }

  #put(key, box, label) {
    const button = this.buttons.get(key) ?? this.#made(key);
    for (const side of ["top", "left", "width", "height"]) button.style[side] = `${Math.round(box[side] * 10) / 10}px`;
    if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
    const count = button.dataset.column ? 0 : this.commentsOn(key);
    if (count) button.dataset.comments = count;
    else delete button.dataset.comments;
  }

  #made(key) {
    const [id, column] = key.split("/");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "spot";
    button.dataset.spot = id;
    if (column) button.dataset.column = column;
    this.buttons.set(key, button);
    return button;
  }

  // As they follow one another in the mail; whoever has the focus keeps it.
  #inOrder(keys) {
    const wanted = keys.map((key) => this.buttons.get(key));
    if (wanted.every((button, index) => this.place.children[index] === button)) return;
    const focused = this.place.contains(document.activeElement) ? document.activeElement : null;
    this.place.replaceChildren(...wanted);
    focused?.focus({ preventScroll: true });
  }

  mark(id) {
    this.chosen = id;
    const all = [...this.place.children];
    const stop = all.find((button) => button.dataset.spot === id && !button.dataset.column) ?? all[0];
    for (const button of all) {
      button.setAttribute("aria-pressed", String(button.dataset.spot === id && !button.dataset.column));
      button.tabIndex = button === stop || button.dataset.column ? 0 : -1;
    }
  }

  markOthers(nameAt) {
    for (const button of this.place.children) {
      const name = button.dataset.column ? "" : nameAt(button.dataset.spot);
      if (name) button.dataset.other = name;
      else delete button.dataset.other;
    }
  }

  spotOf = (id) => this.buttons.get(id);

  #walk(event, choose) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const spot = event.target.closest(".spot");
    if (!step || !spot || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const all = [...this.place.children].filter((one) => !one.dataset.column);
    const next = all[all.indexOf(spot) + step];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    choose(next.dataset.spot);
  }
}
