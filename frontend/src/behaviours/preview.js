// The mail beside its form: a new one is loaded behind the old one, so nothing flickers,
// and it shows the block that is being written. It stands on a canvas as wide as a mail program's, made smaller to fit.
const CANVAS = { desktop: 640, phone: 375 };
const SHOWN = { dark: "&look=dark", bare: "&pictures=off", text: "&as=text" };

const blockOf = (element) => element.closest?.("#editor > .blocks > li")?.id ?? "";

function choose(buttons, pressed) {
  buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === pressed)));
}

export function mount(preview) {
  const place = preview.querySelector("[data-frame]");
  let block = "";
  let look = "";
  const load = (mail) => {
    const marked = document.getElementById("editor") && look !== "text" ? `&marked=1#${block}` : "";
    const old = [...place.querySelectorAll("iframe")];
    const fresh = old[0].cloneNode();
    fresh.classList.add("is-loading");
    fresh.addEventListener("load", () => {
      fresh.classList.remove("is-loading");
      old.forEach((frame) => frame.remove());
    });
    fresh.src = `${mail}${SHOWN[look] ?? ""}${marked}`;
    place.append(fresh);
  };
  const mail = () => preview.querySelector("#inbox").dataset.mail;
  fit(place);
  document.body.addEventListener("htmx:afterSettle", () => {
    const inbox = preview.querySelector("#inbox");
    if (!inbox || inbox === preview.shown) return;
    preview.shown = inbox;
    load(mail());
    const contact = document.getElementById("test-contact");
    if (contact) contact.value = new URL(mail(), location).searchParams.get("contact");
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
  const widths = preview.querySelectorAll("[data-width]");
  widths.forEach((button) =>
    button.addEventListener("click", () => {
      place.dataset.shows = button.dataset.width;
      choose(widths, button);
      fit(place);
    }),
  );
  const looks = preview.querySelectorAll("[data-look]");
  looks.forEach((button) =>
    button.addEventListener("click", () => {
      look = button.dataset.look;
      place.dataset.look = look;
      choose(looks, button);
      load(mail());
    }),
  );
  new ResizeObserver(() => fit(place)).observe(place);
  if (place.clientWidth < CANVAS.phone + 40) preview.querySelector("[data-width=phone]").click();
}

function fit(place) {
  const canvas = CANVAS[place.dataset.shows ?? "desktop"];
  place.style.setProperty("--canvas", `${canvas}px`);
  place.style.setProperty("--zoom", Math.min(1, place.clientWidth / canvas).toFixed(4));
}
