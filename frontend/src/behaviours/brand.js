// The sample mail in the brand as it is being chosen.
import { load } from "../canvas/frames.js";

const PAUSE = 150;

export function mount(form) {
  let waiting;
  const show = () => {
    const chosen = new URLSearchParams();
    for (const [name, value] of new FormData(form))
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") chosen.append(name, value);
    for (const place of document.querySelectorAll(".mail-stage .preview-frame"))
      load(place, `${form.dataset.sample}&${chosen}`);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
}
