// Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) outside of what is being written press Undo and Redo.
const WRITING = "input, textarea, select, [contenteditable]";

function listen() {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest?.(WRITING)) return;
    const key = event.key.toLowerCase();
    const wanted = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : "";
    const button = wanted && document.getElementById(`editor-${wanted}`);
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute("aria-disabled") !== "true") button.click();
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
