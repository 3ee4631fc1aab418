// A button that asks which detail of a person to insert, and what to say when it is not known.
let target;

const isAlwaysKnown = () => "alwaysKnown" in document.getElementById("merge-tag").selectedOptions[0].dataset;

function tag() {
  const name = document.getElementById("merge-tag").value;
  const fallback = document.getElementById("merge-fallback").value.trim().replaceAll('"', "”").replaceAll("\\", "");
  return isAlwaysKnown() || !fallback ? `{{ ${name} }}` : `{{ ${name}|default("${fallback}") }}`;
}

function insert(field, text) {
  if (field.insertMerge) return field.insertMerge(text); // a rich text or code editor in its place
  const end = field.value.length; // where nobody has put the cursor yet, what is inserted follows what is there
  const [from, to] = "touched" in field.dataset ? [field.selectionStart ?? end, field.selectionEnd ?? end] : [end, end];
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function prepare(dialog) {
  if (dialog.dataset.ready) return;
  dialog.dataset.ready = "yes";
  const show = () => {
    const isKnown = isAlwaysKnown();
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
  const field = document.getElementById(button.dataset.for);
  field.addEventListener("focus", () => (field.dataset.touched = ""));
  button.addEventListener("click", () => open(document.getElementById(button.dataset.for)));
}
