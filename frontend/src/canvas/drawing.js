// Asks the server for the mail as it is now: all of it, or the one block that is being written.
export class Drawing {
  constructor(mail, studio, url) {
    this.mail = mail;
    this.studio = studio;
    this.url = url;
    this.problem = studio.querySelector("[data-problem]");
    this.asked = new Map(); // by block: whether something has been typed since it was asked for
    document.body.addEventListener("htmx:afterSettle", ({ target }) => target.id === "inbox" && this.whole());
  }

  get #query() {
    const contact = document.getElementById("inbox-contact").value;
    return `?${new URLSearchParams({ contact, look: this.mail.place.dataset.look ?? "" })}`;
  }

  async whole() {
    const answer = await this.#ask(`${this.mail.frame.getAttribute("src").split("?")[0]}${this.#query}`);
    if (answer?.ok) this.mail.replace(await answer.text());
  }

  // What is typed while an answer is on its way is asked for once more when it is there.
  async block(form) {
    const id = form.dataset.block;
    if (this.asked.has(id)) return this.asked.set(id, true);
    this.asked.set(id, false);
    const body = new FormData(form);
    const answer = await this.#ask(`${this.url(id, "draw")}${this.#query}`, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer?.ok) this.mail.exchange(id, await answer.text());
    this.#say(answer?.status === 422 ? (await answer.json()).problem : "");
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

  #say(words) {
    this.problem.hidden = !words;
    this.problem.textContent = words;
  }
}
