// Drags a block of the mail, or a kind from the palette, to a place between blocks or in a column: by mouse, pen or finger.
import { nearest, places } from "./places.js";

const FAR_ENOUGH = 6; // pixels, below which it is a click
const EDGE = 60; // of the window, where it scrolls

let going = null; // the drag whose places are shown: a promise, until it ends

// Nothing moves under a finger that carries a block: what changes the mail waits for the drop.
export const dropped = async () => going;

function lines(canvas, all) {
  const drawn = all.map((place) => {
    const line = document.createElement("div");
    line.className = "drop-line";
    Object.assign(line.style, { top: `${place.top}px`, left: `${place.left}px`, width: `${place.width}px` });
    canvas.append(line);
    return line;
  });
  return {
    show: (chosen) => drawn.forEach((line, index) => line.classList.toggle("is-chosen", all[index] === chosen)),
    remove: () => drawn.forEach((line) => line.remove()),
  };
}

function ghostOf(label) {
  const ghost = document.createElement("div");
  ghost.className = "drag-ghost";
  ghost.textContent = label;
  document.body.append(ghost);
  return ghost;
}

// `begin(target)`: what is to be dragged, or null: {label, isFit, moved, drop(place)}.
export function listen(element, canvas, mail, begin) {
  element.addEventListener("pointerdown", (down) => {
    const what = down.button === 0 && down.isPrimary ? begin(down) : null;
    if (!what) return;
    let drag = null;
    const move = (event) => {
      if (event.pointerType === "mouse" && !event.buttons) return stop(event); // let go of in another tab
      if (!drag && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < FAR_ENOUGH) return;
      drag ??= start(canvas, mail, what);
      drag.to(event.clientX, event.clientY);
    };
    const stop = (event) => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", stop);
      window.removeEventListener("pointercancel", stop);
      window.removeEventListener("keydown", escape, true);
      if (!drag) return;
      swallowClick();
      drag.end(event.type === "pointerup");
    };
    const escape = (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      stop(event);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", stop);
    window.addEventListener("pointercancel", stop);
    window.addEventListener("keydown", escape, true);
  });
  element.addEventListener("dragstart", (event) => event.preventDefault());
}

// The click that a browser makes of the end of a drag.
function swallowClick() {
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
}

function start(canvas, mail, what) {
  let all = [];
  let drawn = null;
  let release = null;
  let chosen = null;
  let at = null;
  let isOver = false;
  let end;
  const ended = new Promise((done) => (end = done));
  const ghost = ghostOf(what.label);
  document.documentElement.classList.add("is-dragging");
  const look = () => {
    if (!drawn) return;
    const rect = canvas.getBoundingClientRect();
    const isNear = at.x > rect.left - 40 && at.x < rect.right + 40 && at.y > rect.top - 40 && at.y < rect.bottom + 40;
    chosen = isNear ? nearest(all, at.x - rect.left, at.y - rect.top) : null;
    drawn.show(chosen);
  };
  // Where the mail is about to change, its places are shown once it has.
  mail.settled().then(() => {
    if (isOver) return;
    going = ended;
    release = mail.hold();
    all = places(mail, what.isFit, what.moved);
    drawn = lines(canvas, all);
    look();
  });
  const scroller = setInterval(() => {
    if (!at) return;
    const by = at.y < EDGE ? -12 : at.y > innerHeight - EDGE ? 12 : 0;
    if (!by) return;
    scrollBy(0, by);
    look();
  }, 16);
  return {
    to(x, y) {
      at = { x, y };
      ghost.style.transform = `translate(${x + 12}px, ${y + 12}px)`;
      look();
    },
    end(isDropped) {
      isOver = true;
      clearInterval(scroller);
      drawn?.remove();
      release?.();
      ghost.remove();
      document.documentElement.classList.remove("is-dragging");
      if (isDropped && chosen) what.drop({ inside: chosen.inside, column: chosen.column, before: chosen.before });
      if (going === ended) going = null;
      end();
    },
  };
}
