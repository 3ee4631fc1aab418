// Undo and Redo: by their buttons, and by Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) outside of what is being written.
const WRITING = "input, textarea, select, [contenteditable]";

// False before the mail can be worked on: then the buttons are those of a form.
const step = (name) => !document.getElementById("studio").dispatchEvent(new CustomEvent("step", { cancelable: true, detail: { name } }));

function listen() {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest?.(WRITING)) return;
    const key = event.key.toLowerCase();
    const wanted = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : "";
    if (!wanted || !document.getElementById(`editor-${wanted}`)) return;
    event.preventDefault();
    step(wanted);
  });
}

let listens = false;

export function mount(group) {
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (step(button.id.replace("editor-", "")) || button.matches("[aria-disabled=true]")) event.preventDefault();
  });
  if (!listens) listen();
  listens = true;
}
