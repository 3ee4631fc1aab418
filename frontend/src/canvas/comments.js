// Comments beside the mail: how many each block has, and which block the next one is about.
const list = () => document.getElementById("comments");

export class Comments {
  constructor(studio, { named, draw }) {
    this.studio = studio;
    this.named = named;
    this.draw = draw;
    studio.addEventListener("click", ({ target }) => target.closest("[data-about-whole]") && this.about(""));
    document.body.addEventListener("htmx:afterSettle", ({ target }) => target.id === "comments" && this.#settled());
    this.#settled();
  }

  countOf(id) {
    return Number(list().querySelector(`[data-comments-on="${CSS.escape(id)}"]`)?.dataset.count ?? 0);
  }

  // What the next comment is about; what is being written stays.
  about(id) {
    const form = list().querySelector(".comment-form");
    const words = id && this.named(id);
    form.elements.block.value = words ? id : "";
    form.querySelector("[data-about]").hidden = !words;
    form.querySelector("[data-about-words]").textContent = words || "";
  }

  begin(id) {
    this.about(id);
    list().querySelector(".comment-form [name=text]").focus();
  }

  // Others have said something, or a block has come or gone; whoever is writing here is not disturbed.
  refresh(stamp = "") {
    const isWriting = list().contains(document.activeElement) || [...list().querySelectorAll("textarea")].some((one) => one.value);
    if (isWriting || (stamp && stamp === list().dataset.stamp)) return;
    window.htmx.ajax("GET", this.studio.dataset.commentsUrl, { source: "#side-comments", target: "#comments", swap: "outerHTML" });
  }

  #settled() {
    const count = Number(list().dataset.count);
    document.getElementById("tab-comments").textContent = count ? `Comments (${count})` : "Comments";
    const chosen = list().querySelector(".comment-form [name=block]").value;
    this.about(chosen);
    this.draw();
  }
}
