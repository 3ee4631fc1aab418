// Asks the server for the mail as it is now: all of it, or the one block that is being written.
import { hasUnsaved } from "../behaviours/autosave.js";
import { dropped } from "./dragging.js";

export class Drawing {
  constructor(mail, studio, url) {
    this.mail = mail;
    this.studio = studio;
    this.url = url;
    this.problem = studio.querySelector("[data-problem]");
    this.asked = new Map(); // by block: whether something has been typed since it was asked for
    this.number = 0; // of the latest request for the whole
    this.typed = 0;
    this.latest = null; // the form in which somebody typed last
    document.body.addEventListener("htmx:afterSettle", ({ target }) => target.id === "inbox" && this.whole());
  }

  get #query() {
    const contact = document.getElementById("inbox-contact").value;
    return `?${new URLSearchParams({ contact, look: this.mail.place.dataset.look ?? "" })}`;
  }

  // The latest that was asked for, however many there are.
  whole() {
    return (this.shown = this.mail.during(this.#whole(++this.number)));
  }

  // What is stored knows nothing yet of what is being typed: that block is drawn once more.
  async #whole(number) {
    const typed = hasUnsaved() ? 0 : this.typed;
    const answer = await this.#ask(`${this.mail.frame.getAttribute("src").split("?")[0]}${this.#query}`);
    const html = answer?.ok ? await answer.text() : "";
    await dropped();
    if (number !== this.number) return this.shown;
    if (html) this.mail.replace(html);
    if (typed !== this.typed && this.latest.isConnected) await this.block(this.latest);
  }

  // What is typed while an answer is on its way is asked for once more when it is there.
  async block(form) {
    const id = form.dataset.block;
    this.typed += 1;
    this.latest = form;
    if (this.asked.has(id)) this.asked.set(id, true);
    else await this.mail.during(this.#block(id, form));
  }

  async #block(id, form) {
    this.asked.set(id, false);
    const body = new FormData(form);
    const answer = await this.#ask(`${this.url(id, "draw")}${this.#query}`, { method: "POST", body, headers: { Accept: "application/json" } });
    const html = answer?.ok ? await answer.text() : "";
    await dropped();
    if (html) this.mail.exchange(id, html);
    this.say(answer?.status === 422 ? (await answer.json()).problem : "");
    const isBehind = this.asked.get(id);
    this.asked.delete(id);
    if (isBehind && form.isConnected) await this.block(form);
  }

  async #ask(address, options) {
    try {
      return await fetch(address, options);
    } catch {
      return null; // saving says so, and goes on trying
    }
  }

  say(words) {
    this.problem.hidden = !words;
    this.problem.textContent = words;
  }
}
