// A button that asks which detail of a person to insert, and what to say when it is not known.
let target;
let gaps = new Map(); // by tag: how many of the audience have no such detail, asked once each time the dialog is opened

const isAlwaysKnown = () => "alwaysKnown" in document.getElementById("merge-tag").selectedOptions[0].dataset;

function tag() {
  const name = document.getElementById("merge-tag").value;
  const fallback = document.getElementById("merge-fallback").value.trim().replaceAll('"', "”").replaceAll("\\", "");
  return isAlwaysKnown() || !fallback ? `{{ ${name} }}` : `{{ ${name}|default("${fallback}") }}`;
}

async function showGap(dialog) {
  const line = document.getElementById("merge-gap");
  const name = document.getElementById("merge-tag").value;
  if (!gaps.has(name)) gaps.set(name, isAlwaysKnown() || !dialog.dataset.gapUrl ? "" : gapOf(dialog, name));
  const words = await gaps.get(name);
  if (name !== document.getElementById("merge-tag").value) return;
  const fallback = document.getElementById("merge-fallback").value.trim();
  line.hidden = !words;
  line.textContent = fallback ? `${words}: they will read “${fallback}”.` : `${words}: they would see a gap.`;
}

async function gapOf(dialog, name) {
  const response = await fetch(`${dialog.dataset.gapUrl}?${new URLSearchParams({ tag: name })}`).catch(() => null);
  return response?.ok && !response.redirected ? response.text() : "";
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
    showGap(dialog);
  };
  dialog.addEventListener("input", show);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "insert" && target) insert(target, tag());
    dialog.returnValue = "";
  });
  dialog.addEventListener("asked", show);
}

export function open(field) {
  const dialog = document.getElementById("merge-dialog");
  prepare(dialog);
  target = field;
  gaps = new Map();
  dialog.dispatchEvent(new Event("asked"));
  dialog.showModal();
}

export function mount(button) {
  const field = document.getElementById(button.dataset.for);
  field.addEventListener("focus", () => (field.dataset.touched = ""));
  button.addEventListener("click", () => open(document.getElementById(button.dataset.for)));
}
