// Who else is writing this draft, and where; what they change appears here, too.
const EVERY_MS = 5000;

export class Company {
  constructor(studio, { at, labelOf, draw, changed, said }) {
    this.studio = studio;
    this.told = { at, labelOf, draw, changed, said };
    this.place = studio.querySelector("[data-others]");
    this.others = [];
    this.#ask();
    setInterval(() => document.visibilityState === "visible" && this.#ask(), EVERY_MS);
  }

  async #ask() {
    const body = new FormData();
    body.set("block", this.told.at());
    body.set("csrfmiddlewaretoken", this.studio.querySelector("[name=csrfmiddlewaretoken]").value);
    let answer;
    try {
      const response = await fetch(this.studio.dataset.hereUrl, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!response.ok) return;
      answer = await response.json();
    } catch {
      return; // saving says that there is no connection
    }
    this.others = answer.others;
    this.#say();
    this.told.draw();
    this.told.said(answer.comments);
    if (answer.version > Number(document.getElementById("draft").dataset.version)) this.told.changed(answer.version);
  }

  nameAt(id) {
    return this.others.filter((other) => other.block === id).map((other) => other.name).join(", ");
  }

  #say() {
    const words = this.others.map(({ name, block }) => {
      const label = block && this.told.labelOf(block);
      return label ? `${name} is writing in “${label}”.` : `${name} is here, too.`;
    });
    if (this.place.textContent !== words.join(" ")) this.place.textContent = words.join(" ");
  }
}
