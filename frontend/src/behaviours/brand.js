// The sample mail in the brand as it is being chosen: loaded behind the old one, so nothing flickers.
const PAUSE = 150;

function load(frame, address) {
  const fresh = frame.cloneNode();
  fresh.classList.add("is-loading");
  fresh.addEventListener("load", () => {
    fresh.classList.remove("is-loading");
    for (const old of fresh.parentElement.querySelectorAll("iframe")) if (old !== fresh) old.remove();
  });
  fresh.src = address;
  frame.parentElement.append(fresh);
}

export function mount(form) {
  let waiting;
  const show = () => {
    const chosen = new URLSearchParams();
    for (const [name, value] of new FormData(form))
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") chosen.append(name, value);
    for (const place of document.querySelectorAll(".mail-stage .preview-frame"))
      load(place.querySelector("iframe"), `${form.dataset.sample}&${chosen}`);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
}
