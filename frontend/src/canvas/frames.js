// Mails in frames: how wide their canvas is, how one takes the place of another, and what chooses how they are shown.
export const CANVAS = { desktop: 640, phone: 375 };

// Behind the old one until it is there, so that nothing flickers; of several the latest.
export function load(place, address) {
  const old = [...place.querySelectorAll("iframe")];
  const fresh = old[0].cloneNode();
  fresh.classList.add("is-loading");
  fresh.addEventListener("load", () => {
    fresh.classList.remove("is-loading");
    old.forEach((frame) => frame.remove());
  });
  fresh.src = address;
  place.append(fresh);
}

// Buttons with data-<name>, of which one is pressed: `change` is told its value.
export function pressed(root, name, change) {
  const buttons = [...root.querySelectorAll(`button[data-${name}]`)];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      change(button.dataset[name]);
    });
  }
}
