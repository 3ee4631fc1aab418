// Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) outside of what is being written press Undo and Redo, once there is what they undo.
import { ask } from "../canvas/asking.js";
import { inTurn } from "./autosave.js";

const WRITING = "input, textarea, select, [contenteditable]";

function listen() {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest?.(WRITING)) return;
    const key = event.key.toLowerCase();
    const wanted = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : "";
    if (!wanted || !document.getElementById(`editor-${wanted}`)) return;
    event.preventDefault();
    inTurn(() => {
      const form = document.querySelector(`form:has(> #editor-${wanted}:not([aria-disabled=true]))`);
      return form && ask("POST", form.action);
    });
  });
}

let listens = false;

export function mount(group) {
  group.addEventListener("click", (event) => {
    if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
  });
  if (!listens) listen();
  listens = true;
}
