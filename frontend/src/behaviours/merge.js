// A button that asks which detail of a person to insert, how it is to read, and what to say when it is not known.
let target;
let gaps = new Map(); // by tag: how many of the audience have no such detail, asked once each time the dialog is opened

const chosen = (id) => document.getElementById(id).selectedOptions[0];
const isAlwaysKnown = () => "alwaysKnown" in chosen("merge-tag").dataset;
const asksFallback = () => !isAlwaysKnown() && !("neverEmpty" in chosen("merge-filter").dataset);
const quoted = (words) => `"${words.trim().replaceAll('"', "”").replaceAll(/[\\{}]/g, "")}"`;

// The words for somebody without the detail come last: so they read as they are written.
function tag() {
  const fallback = document.getElementById("merge-fallback").value.trim();
  const parts = [document.getElementById("merge-tag").value, filter(), asksFallback() && fallback && `default(${quoted(fallback)})`];
  return `{{ ${parts.filter(Boolean).join("|")} }}`;
}

function filter() {
  const { value, dataset } = chosen("merge-filter");
  if (!dataset.asks) return value;
  const said = document.getElementById("merge-argument").value;
  if (!("quotes" in dataset)) return `${value}(${Number.parseInt(said, 10) || dataset.example})`;
  return `${value}(${said.split(",").filter((one) => one.trim()).map(quoted).join(", ")})`;
}

// What the chosen way of reading has to be told, such as the currency.
function askArgument(dialog) {
  const { asks = "", example = "" } = chosen("merge-filter").dataset;
  const field = document.getElementById("merge-argument");
  dialog.querySelector("[data-argument]").hidden = !asks;
  field.required = Boolean(asks);
  field.labels[0].textContent = asks;
  field.value = example;
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
    dialog.querySelector("[data-fallback]").hidden = !asksFallback();
    document.getElementById("merge-fallback").required = asksFallback();
    document.getElementById("merge-example").textContent = tag();
    showGap(dialog);
  };
  dialog.addEventListener("input", ({ target }) => {
    if (target.id === "merge-filter") askArgument(dialog);
    show();
  });
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
  document.getElementById("merge-filter").value = "";
  askArgument(dialog);
  dialog.dispatchEvent(new Event("asked"));
  dialog.showModal();
}

export function mount(button) {
  const field = document.getElementById(button.dataset.for);
  field.addEventListener("focus", () => (field.dataset.touched = ""));
  button.addEventListener("click", () => open(document.getElementById(button.dataset.for)));
}
