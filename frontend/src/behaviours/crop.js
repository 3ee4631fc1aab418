// The frame on a picture: by pointer, by arrow keys and by shapes. The numbers in the form stay what is sent.
const NAMES = ["left", "top", "width", "height"];
const STEP = 100; // arrow presses across a picture

export function mount(form) {
  const whole = { width: Number(form.dataset.width), height: Number(form.dataset.height) };
  const place = form.querySelector(".crop-place");
  const box = place.querySelector(".crop-box");
  const dot = place.querySelector(".crop-focus");
  const field = (name) => form.elements[name];
  const read = () => Object.fromEntries(NAMES.map((name) => [name, Number(field(name).value)]));
  const between = (value, least, most) => Math.round(Math.min(Math.max(value, least), Math.max(least, most)));

  function draw() {
    const crop = read();
    box.style.left = `${(crop.left / whole.width) * 100}%`;
    box.style.top = `${(crop.top / whole.height) * 100}%`;
    box.style.width = `${(crop.width / whole.width) * 100}%`;
    box.style.height = `${(crop.height / whole.height) * 100}%`;
    dot.style.left = `${field("focal_x").value}%`;
    dot.style.top = `${field("focal_y").value}%`;
    box.setAttribute("aria-label", `The part that is kept: ${crop.width} by ${crop.height} pixels, ${crop.left} from the left, ${crop.top} from the top`);
    dot.setAttribute("aria-label", `The point that matters: ${field("focal_x").value} % across, ${field("focal_y").value} % down`);
  }

  function put(crop) {
    const width = between(crop.width, 1, whole.width);
    const height = between(crop.height, 1, whole.height);
    const kept = { width, height, left: between(crop.left, 0, whole.width - width), top: between(crop.top, 0, whole.height - height) };
    for (const name of NAMES) field(name).value = kept[name];
    draw();
  }

  function focus(x, y) {
    field("focal_x").value = between(x, 0, 100);
    field("focal_y").value = between(y, 0, 100);
    draw();
  }

  function shape(ratio) {
    const [across, down] = ratio.split(":").map(Number);
    if (!down) return put({ left: 0, top: 0, ...whole });
    const width = Math.min(whole.width, (whole.height * across) / down);
    const height = (width * down) / across;
    const left = (whole.width * Number(field("focal_x").value)) / 100 - width / 2;
    put({ left, top: (whole.height * Number(field("focal_y").value)) / 100 - height / 2, width, height });
  }

  function dragged(event, move) {
    event.preventDefault();
    event.target.setPointerCapture(event.pointerId);
    const { width, height } = place.getBoundingClientRect();
    const start = { x: event.clientX, y: event.clientY };
    const follow = (now) => move(((now.clientX - start.x) / width) * whole.width, ((now.clientY - start.y) / height) * whole.height);
    const end = () => {
      event.target.removeEventListener("pointermove", follow);
      event.target.removeEventListener("pointerup", end);
    };
    event.target.addEventListener("pointermove", follow);
    event.target.addEventListener("pointerup", end);
  }

  function stretched(edge, before, x, y) {
    const crop = { ...before };
    if (edge.includes("e")) crop.width = Math.min(before.width + x, whole.width - before.left);
    if (edge.includes("s")) crop.height = Math.min(before.height + y, whole.height - before.top);
    if (edge.includes("w")) {
      crop.left = between(before.left + x, 0, before.left + before.width - 1);
      crop.width = before.width + before.left - crop.left;
    }
    if (edge.includes("n")) {
      crop.top = between(before.top + y, 0, before.top + before.height - 1);
      crop.height = before.height + before.top - crop.top;
    }
    put(crop);
  }

  box.addEventListener("pointerdown", (event) => {
    const before = read();
    const { edge } = event.target.dataset;
    box.focus({ preventScroll: true });
    if (edge) return dragged(event, (x, y) => stretched(edge, before, x, y));
    dragged(event, (x, y) => put({ ...before, left: before.left + x, top: before.top + y }));
  });
  dot.addEventListener("pointerdown", (event) => {
    const before = [Number(field("focal_x").value), Number(field("focal_y").value)];
    dragged(event, (x, y) => focus(before[0] + (x / whole.width) * 100, before[1] + (y / whole.height) * 100));
  });
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  place.addEventListener("keydown", (event) => {
    const arrow = arrows[event.key];
    if (!arrow) return;
    event.preventDefault();
    const [x, y] = arrow;
    if (event.target === dot) return focus(Number(field("focal_x").value) + x, Number(field("focal_y").value) + y);
    const crop = read();
    const [across, down] = [x * Math.ceil(whole.width / STEP), y * Math.ceil(whole.height / STEP)];
    if (event.shiftKey) put({ ...crop, width: crop.width + across, height: crop.height + down });
    else put({ ...crop, left: crop.left + across, top: crop.top + down });
  });
  form.addEventListener("input", draw);
  for (const button of form.querySelectorAll("[data-shape]")) button.addEventListener("click", () => shape(button.dataset.shape));
  for (const hidden of [place, form.querySelector("#crop-help"), form.querySelector("[data-shapes]")]) hidden.hidden = false;
  draw();
}
