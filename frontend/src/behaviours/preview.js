// The mail beside its form: a new one is loaded behind the old one, so nothing flickers.
export function mount(preview) {
  const place = preview.querySelector("[data-frame]");
  const load = (address) => {
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
  for (const button of preview.querySelectorAll("[data-width]")) {
    button.addEventListener("click", () => {
      place.dataset.shows = button.dataset.width;
      preview.querySelectorAll("[data-width]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    });
  }
}
