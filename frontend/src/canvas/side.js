// The side of the editor: one of its panes at a time; on a phone a sheet that rises from below and can be closed.
const isNarrow = () => matchMedia("(max-width: 70rem)").matches;

export class Side {
  constructor(aside) {
    this.aside = aside;
    this.tabs = [...aside.querySelectorAll("[role=tab]")];
    const list = aside.querySelector("[role=tablist]");
    list.hidden = false;
    for (const tab of this.tabs) {
      const pane = this.#pane(tab);
      pane.setAttribute("role", "tabpanel");
      tab.addEventListener("click", () => this.show(tab.id.slice(4)));
    }
    list.addEventListener("keydown", (event) => this.#walk(event));
    aside.querySelector(".side-close").addEventListener("click", () => this.close());
    this.show(aside.querySelector("#panel-title") ? "panel" : "add", { quietly: true });
  }

  #pane = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  get shown() {
    return this.tabs.find((tab) => tab.getAttribute("aria-selected") === "true")?.id.slice(4);
  }

  // Whether what is chosen on the mail may lie below it.
  get isSheet() {
    return isNarrow() && "open" in this.aside.dataset;
  }

  fromTop() {
    this.aside.scrollTop = 0;
  }

  // `quietly`: a sheet that is closed stays closed.
  show(name, { quietly = false } = {}) {
    if (name !== this.shown) this.fromTop();
    for (const tab of this.tabs) {
      const isShown = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      this.#pane(tab).hidden = !isShown;
    }
    if (!quietly) this.aside.dataset.open = "";
    this.aside.querySelector(".side-close").hidden = !this.isSheet;
  }

  close() {
    delete this.aside.dataset.open;
    this.aside.querySelector(".side-close").hidden = true;
  }

  #walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const now = this.tabs.indexOf(event.target);
    if (!step || now < 0) return;
    event.preventDefault();
    const next = this.tabs[(now + step + this.tabs.length) % this.tabs.length];
    this.show(next.id.slice(4));
    next.focus();
  }
}
