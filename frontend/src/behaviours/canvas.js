// The mail is the place of work: what is chosen on it, what stands beside it, and what becomes of it.
import { flush, hasUnsaved, inTurn, isBusy, reload, setVersion } from "./autosave.js";
import { ask } from "../canvas/asking.js";
import { Bar } from "../canvas/bar.js";
import { Comments } from "../canvas/comments.js";
import { Company } from "../canvas/company.js";
import { dropped, listen } from "../canvas/dragging.js";
import { Drawing } from "../canvas/drawing.js";
import { CANVAS, pressed } from "../canvas/frames.js";
import { Mail } from "../canvas/mail.js";
import * as outline from "../canvas/outline.js";
import { say } from "../canvas/saying.js";
import { Side } from "../canvas/side.js";
import { Spots } from "../canvas/spots.js";
import { Words } from "../canvas/words.js";

// Fields that change more of the mail than their block: its neighbours share its ground, it has other columns, or the
// style sheet says what its colour is in the dark.
const WIDER = ["band", "layout", "ink", "fill"];

export function mount(studio) {
  const canvas = studio.querySelector("[data-canvas]");
  const palette = document.getElementById("palette");
  const side = new Side(studio.querySelector(".studio-side"));
  const url = (id, act) => studio.dataset.blockUrl.replace("BLOCK/panel", `${id}/${act}`);
  const post = (path, values) => mail.during(inTurn(() => ask("POST", path, values), [path, values]));

  const mail = new Mail(canvas.querySelector("iframe"), canvas, () => {
    spots.draw();
    bar.place();
    words.place();
  });
  const drawing = new Drawing(mail, studio, url);
  const spots = new Spots(canvas.querySelector(".canvas-blocks"), mail, { choose: (id, point) => (id === spots.chosen && point ? write(id, point) : choose(id)), fill, commentsOn: (id) => comments?.countOf(id) ?? 0 });
  const bar = new Bar(canvas.querySelector(".block-bar"), mail, act);
  let comments = null;
  const words = new Words(canvas, mail, {
    began: () => bar.show(""),
    ended: (id, byKey) => {
      if (spots.chosen === id) bar.show(id);
      if (byKey) spots.spotOf(id)?.focus({ preventScroll: true });
    },
  });

  let panel = Promise.resolve(); // until the chosen block's form is there
  let asked = 0; // number of the latest
  async function choose(id, { openSide = true } = {}) {
    const isOther = id !== spots.chosen;
    if (isOther) words.end();
    spots.mark(id);
    outline.choose(id);
    bar.show(id);
    aim({ after: id });
    if (openSide) side.show("panel");
    if (isOther) {
      if (side.isSheet) spots.spotOf(id)?.scrollIntoView({ block: "nearest" });
      if (!document.querySelector(`#side-panel form[data-block="${id}"]`)) side.fromTop();
      showPanel(id);
    }
    await panel;
  }

  let typed = 0; // how often anything was: a form that was asked for before knows nothing of it, stored or not
  studio.addEventListener("input", () => (typed += 1), { capture: true });

  // Of several that are asked for the latest; what is typed while its form is on its way is stored first.
  function showPanel(id) {
    asked += 1;
    return (panel = load(id, asked));
  }

  async function load(id, number) {
    if (!(await flush())) return; // its words stay where they can be seen
    const before = typed;
    const response = await fetch(url(id || "none", "panel")).catch(() => null);
    if (response?.redirected) return reload();
    const html = response?.ok ? await response.text() : "";
    if (number !== asked) return panel;
    if (hasUnsaved() || typed !== before) return showPanel(spots.chosen);
    if (html) window.htmx.swap("#side-panel", html, { swapStyle: "innerHTML" });
  }

  // After an Undo, or once somebody else has changed it: who saves a form must have seen what it replaces.
  let styleAsked = 0;
  async function showStyle() {
    if (!(await flush())) return;
    const form = document.getElementById("style-form");
    const isSame = form.elements.seen.value === document.getElementById("editor").dataset.styleSeen;
    if (isSame || form.contains(document.activeElement)) return;
    styleAsked = typed;
    await window.htmx.ajax("GET", location.pathname, { source: "#side-style", target: "#style-form", select: "#style-form", swap: "outerHTML" });
  }

  // `isStaying`: in the pane of the order or the style, where somebody is at work.
  function leave({ isStaying = false } = {}) {
    words.end();
    spots.mark("");
    outline.choose("");
    bar.show("");
    aim({});
    if (isStaying) return;
    side.close();
    side.show("add", { quietly: true });
  }

  // Where the palette puts what is chosen in it.
  function aim({ after = "", inside = "", column = 0 }) {
    Object.entries({ after, inside, column }).forEach(([name, value]) => (palette.elements[name].value = value));
    const words = named(after) ? `below “${named(after)}”` : inside ? `in column ${column + 1}` : "at the end";
    palette.querySelector("[data-where]").textContent = `It goes ${words}.`;
  }

  function fill(inside, column) {
    leave();
    aim({ inside, column });
    side.show("add");
    document.getElementById("palette-words").focus();
  }

  // On the mail where it shows the words, else in the panel.
  async function write(id, point) {
    const block = outline.find(id);
    await choose(id);
    if (spots.chosen !== id) return;
    const field = block.words && document.querySelector(`#side-panel form[data-block="${id}"] [name="${block.words}"]`);
    if (field && words.begin(id, field, `${block.label} on the mail`, point)) side.close();
    else document.querySelector("#side-panel input:not([type=hidden]), #side-panel .rich-text, #side-panel select")?.focus();
  }

  async function act(name, id = spots.chosen) {
    const block = outline.find(id);
    if (!block) return;
    if (name === "outer") return choose(block.row.inside);
    if (name === "words") return write(id);
    if (name === "comment") return comment(id);
    if (name === "copy") return post(url(id, "duplicate"), {});
    if (name === "bin") return post(url(id, "delete"), {});
    return post(url(id, "move"), { direction: name });
  }

  async function comment(id) {
    await choose(id, { openSide: false });
    side.show("comments");
    comments.begin(id);
  }

  canvas.addEventListener("keydown", (event) => {
    if (!event.target.matches(".spot") || event.target.dataset.column) return;
    const key = event.altKey ? `Alt+${event.key}` : event.ctrlKey || event.metaKey ? `Ctrl+${event.key}` : event.key;
    const name = { Enter: "words", Delete: "bin", Backspace: "bin", "Alt+ArrowUp": "up", "Alt+ArrowDown": "down", "Ctrl+d": "copy", c: "comment" }[key];
    if (event.key === "Escape") leave();
    if (!name) return;
    event.preventDefault();
    choose(event.target.dataset.spot);
    act(name);
  });

  // Undo, the list and the palette, too: what was clicked may be another element when its turn comes.
  studio.addEventListener("htmx:confirm", (event) => {
    const { elt, path, target, triggeringEvent } = event.detail;
    if (elt === studio || target.id !== "editor") return;
    event.preventDefault();
    event.stopPropagation();
    const form = elt.closest("form");
    post(path, new FormData(form, elt === form ? triggeringEvent.submitter : elt));
  });

  // Asked for as often as somebody presses; whether there is anything to undo is seen when its turn comes.
  studio.addEventListener("step", (event) => {
    event.preventDefault();
    const { name } = event.detail;
    const button = () => document.getElementById(`editor-${name}`);
    const { action } = button().form;
    const begun = name === "undo" ? "Undoing …" : "Redoing …";
    say(begun);
    const step = () => {
      const isPossible = !button().matches("[aria-disabled=true]");
      say(isPossible ? begun : `There is nothing to ${name}.`);
      return isPossible && ask("POST", action, {});
    };
    mail.during(inTurn(step, [action, {}]));
  });

  listen(canvas, canvas, mail, (down) => {
    const spot = down.target.closest(".spot:not([data-column])");
    const isGrip = down.target.closest("[data-act=grip]");
    if (!isGrip && (!spot || down.pointerType === "touch")) return null;
    return dragged(outline.find(isGrip ? spots.chosen : spot.dataset.spot));
  });
  const dragged = (block) => block && { label: block.label, isFit: block.fits, moved: block.id, drop: (place) => post(url(block.id, "move"), place) };

  listen(palette, canvas, mail, (down) => {
    const kind = down.target.closest(".palette-kind");
    if (!kind || down.pointerType === "touch") return null;
    return {
      label: kind.dataset.label,
      isFit: "fitsColumns" in kind.dataset,
      drop: (place) => post(studio.dataset.addUrl, { kind: kind.value, ...place }),
    };
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#editor [data-open], #comments [data-open]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(link.dataset.open).then(() => spots.spotOf(link.dataset.open)?.scrollIntoView({ block: "nearest" }));
  });

  // After a change of order: the mail as it is now, and the block that it was about. Whoever has gone on meanwhile to
  // another pane or field stays there.
  document.body.addEventListener("mail-changed", ({ detail }) => mail.during(showChanged(detail)));
  async function showChanged(detail) {
    await dropped();
    const open = detail.open || (outline.find(spots.chosen) ? spots.chosen : "");
    const focused = document.activeElement;
    const isStaying = !detail.open && ["outline", "style", "comments"].includes(side.shown);
    spots.chosen = "";
    if (open) {
      choose(open, { openSide: false });
      if (!isStaying) side.show("panel", { quietly: !detail.open });
    } else {
      leave({ isStaying });
      showPanel("");
    }
    await drawing.whole();
    const spot = detail.open === spots.chosen && spots.spotOf(detail.open);
    if (!spot) return;
    spot.scrollIntoView({ block: "nearest" });
    if (document.activeElement === focused || document.activeElement === document.body) spot.focus({ preventScroll: true });
  }
  for (const typed of ["input", "change"]) {
    studio.addEventListener(typed, ({ target }) => {
      const form = target.closest("form[data-block]");
      if (!form) return;
      if (WIDER.includes(target.name)) form.dataset.wider = "";
      else drawing.block(form);
    });
  }
  document.body.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id !== "editor") return;
    drawing.say(target.dataset.refused);
    if (target.dataset.said) say(target.dataset.said);
    comments.refresh();
    spots.draw();
    showStyle();
  });
  // A conflict, and a draft that was launched meanwhile, are said by the page around.
  for (const failed of ["htmx:sendError", "htmx:responseError"]) {
    studio.addEventListener(failed, ({ detail }) => {
      if (detail.target.id === "editor" && ![409, 410].includes(detail.xhr.status)) drawing.say("The server did not answer. Try that again.");
    });
  }
  document.body.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
    // Whoever was logged out meanwhile gets the page to log in.
    if (target.id === "editor" && detail.shouldSwap && !detail.serverResponse.includes(`id="editor"`)) {
      detail.shouldSwap = false;
      reload();
    }
    if (target.id !== "style-form" || (!hasUnsaved() && typed === styleAsked)) return;
    detail.shouldSwap = false;
    showStyle();
  });
  // After the list has the block's new words, which the page around puts there.
  document.body.addEventListener("form-saved", ({ target, detail }) => {
    if ("style" in target.dataset || "wider" in target.dataset) drawing.whole();
    if (!hasUnsaved()) delete target.dataset.wider; // else it may be of a change that is still to be stored
    const contrast = target.querySelector("[data-contrast]");
    if (contrast) contrast.innerHTML = detail.contrast;
    document.getElementById("editor-undo").removeAttribute("aria-disabled");
    document.getElementById("editor-redo").setAttribute("aria-disabled", "true");
    spots.draw();
  });

  comments = new Comments(studio, { named, draw: () => spots.draw() });
  const company = new Company(studio, {
    at: () => spots.chosen,
    labelOf: named,
    draw: () => spots.markOthers((id) => company.nameAt(id)),
    changed: (version) => mail.during(catchUp(version)),
    said: (stamp) => comments.refresh(stamp),
  });

  // Somebody else has changed the draft: it is shown as it is now, but for the form in which somebody is writing here.
  async function catchUp(version) {
    if (isBusy()) return;
    setVersion(version);
    await inTurn(() => ask("GET", location.pathname));
    await drawing.whole();
    const isWriting = document.activeElement.closest("#side-panel, .in-place");
    if (!isWriting) showPanel(outline.find(spots.chosen) ? spots.chosen : "");
  }

  pressed(studio, "width", (name) => mail.show(name));
  pressed(studio, "look", (name) => {
    canvas.dataset.look = name;
    drawing.whole();
  });
  const begun = document.querySelector("#editor [data-open][aria-current]")?.dataset.open ?? ""; // where Check, say, led to
  mail.begin().then(() => spots.chosen === begun && spots.spotOf(begun)?.scrollIntoView({ block: "nearest" }));
  if (canvas.clientWidth < CANVAS.phone + 40) studio.querySelector("[data-width=phone]").click();
  spots.mark(begun);
  bar.show(begun);
  aim({ after: begun });
}

// With what there is to say of a block in one line.
const named = (id) => {
  const block = outline.find(id);
  return block && [block.label, block.excerpt].filter(Boolean).join(": ");
};
