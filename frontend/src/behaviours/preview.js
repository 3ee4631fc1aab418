// The mail beside its form. It stands on a canvas as wide as a mail program's, made smaller to fit.
import { CANVAS, load, pressed } from "../canvas/frames.js";

const SHOWN = { dark: "&look=dark", bare: "&pictures=off", text: "&as=text" };

export function mount(preview) {
  const place = preview.querySelector("[data-frame]");
  const inbox = () => preview.querySelector("#inbox");
  const show = () => load(place, `${inbox().dataset.mail}${SHOWN[place.dataset.look] ?? ""}`);
  let shown = inbox();
  fit(place);
  document.body.addEventListener("htmx:afterSettle", () => {
    if (!inbox() || inbox() === shown) return;
    shown = inbox();
    show();
    const contact = document.getElementById("test-contact");
    if (contact) contact.value = new URL(shown.dataset.mail, location).searchParams.get("contact");
  });
  pressed(preview, "width", (name) => {
    place.dataset.shows = name;
    fit(place);
  });
  pressed(preview, "look", (name) => {
    place.dataset.look = name;
    show();
  });
  new ResizeObserver(() => fit(place)).observe(place);
  if (place.clientWidth < CANVAS.phone + 40) preview.querySelector("[data-width=phone]").click();
}

function fit(place) {
  const canvas = CANVAS[place.dataset.shows ?? "desktop"];
  place.style.setProperty("--canvas", `${canvas}px`);
  place.style.setProperty("--zoom", Math.min(1, place.clientWidth / canvas).toFixed(4));
}
