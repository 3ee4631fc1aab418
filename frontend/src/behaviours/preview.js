// The mail beside its form: a new one is loaded behind the old one, so nothing flickers,
// and it shows the block that is being written.
const blockOf = (element) => element.closest?.("#editor > .blocks > li")?.id ?? "";

export function mount(preview) {
  const place = preview.querySelector("[data-frame]");
  let block = "";
  const load = (mail) => {
    const address = document.getElementById("editor") ? `${mail}&marked=1#${block}` : mail;
    const old = [...place.querySelectorAll("iframe")];
    const fresh = old[0].cloneNode();
    fresh.classList.add("is-loading");
    fresh.addEventListener("load", () => {
      fresh.classList.remove("is-loading");
      old.forEach((frame) => frame.remove());
    });
    fresh.src = address;
    place.append(fresh);
  };
  document.body.addEventListener("htmx:afterSettle", () => {
    const inbox = preview.querySelector("#inbox");
    if (!inbox || inbox === preview.shown) return;
    preview.shown = inbox;
    load(inbox.dataset.mail);
    const contact = document.getElementById("test-contact");
    if (contact) contact.value = new URL(inbox.dataset.mail, location).searchParams.get("contact");
  });
  preview.shown = preview.querySelector("#inbox");
  document.addEventListener("focusin", ({ target }) => {
    const entered = blockOf(target);
    if (!entered || entered === block) return;
    block = entered;
    const frame = place.querySelector("iframe:not(.is-loading)");
    // the mail may not be read from here, but it may be sent to a place of its own
    frame?.contentWindow.location.replace(`${frame.src.split("#")[0]}#${block}`);
  });
  for (const button of preview.querySelectorAll("[data-width]")) {
    button.addEventListener("click", () => {
      place.dataset.shows = button.dataset.width;
      preview.querySelectorAll("[data-width]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    });
  }
}
