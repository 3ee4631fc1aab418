// A button that asks which detail of a person to insert, and what to say when it is not known.
const ALWAYS_KNOWN = ["email"];
let target;

function tag() {
  const name = document.getElementById("merge-tag").value;
  const fallback = document.getElementById("merge-fallback").value.trim().replaceAll('"', "”").replaceAll("\\", "");
  return ALWAYS_KNOWN.includes(name) || !fallback ? `{{ ${name} }}` : `{{ ${name}|default("${fallback}") }}`;
}

function insert(field, text) {
  if (field.insertMerge) return field.insertMerge(text); // a rich text or code editor in its place
  field.setRangeText(text, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function prepare(dialog) {
  if (dialog.dataset.ready) return;
  dialog.dataset.ready = "yes";
  const show = () => {
    const isKnown = ALWAYS_KNOWN.includes(document.getElementById("merge-tag").value);
    dialog.querySelector("[data-fallback]").hidden = isKnown;
    document.getElementById("merge-fallback").required = !isKnown;
    document.getElementById("merge-example").textContent = tag();
  };
  dialog.addEventListener("input", show);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "insert" && target) insert(target, tag());
    dialog.returnValue = "";
  });
  show();
}

export function open(field) {
  const dialog = document.getElementById("merge-dialog");
  prepare(dialog);
  target = field;
  dialog.showModal();
}

export function mount(button) {
  button.addEventListener("click", () => open(document.getElementById(button.dataset.for)));
}
