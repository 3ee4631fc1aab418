// The small bar beside the chosen block.
import * as outline from "./outline.js";

export class Bar {
  constructor(bar, mail, act) {
    this.bar = bar;
    this.mail = mail;
    this.id = "";
    bar.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-act]");
      if (button && button.dataset.act !== "grip" && button.getAttribute("aria-disabled") !== "true") act(button.dataset.act);
    });
  }

  show(id) {
    this.id = id;
    this.place();
  }

  place() {
    const block = this.id && outline.find(this.id);
    const box = block && this.mail.boxOf(this.id);
    this.bar.hidden = !box;
    if (!box) return;
    const row = outline.rows().find((one) => one.inside === block.row.inside && one.column === block.row.column);
    const ids = row.blocks.map((one) => one.id);
    this.#offer("outer", block.row.inside);
    this.#offer("words", block.words);
    this.#enable("up", ids[0] !== this.id);
    this.#enable("down", ids.at(-1) !== this.id);
    const { offsetWidth: width, offsetHeight: height } = this.bar;
    const canvas = this.mail.place.clientWidth;
    this.bar.style.left = `${Math.max(0, Math.min(box.left + box.width - width, canvas - width))}px`;
    this.bar.style.top = `${box.top - height - 4}px`;
  }

  #button = (name) => this.bar.querySelector(`[data-act=${name}]`);

  #offer(name, isThere) {
    this.#button(name).hidden = !isThere;
  }

  #enable(name, can) {
    if (can) this.#button(name).removeAttribute("aria-disabled");
    else this.#button(name).setAttribute("aria-disabled", "true");
  }
}
