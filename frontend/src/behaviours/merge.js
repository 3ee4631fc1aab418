// A button that asks which detail of a person to insert, how it is to read, and what to say when it is not known.
let target;
let gaps = new Map(); // by tag: how many of the audience have no such detail, asked once each time the dialog is opened

const chosen = (id) => document.getElementById(id).selectedOptions[0];
const isAlwaysKnown = () => "alwaysKnown" in chosen("merge-tag").dataset;
const shape = () => chosen("merge-filter").dataset.shape; // of words for some people, or for each choice
const asksFallback = () => (shape() ? shape() !== "each" : !isAlwaysKnown() && !("neverEmpty" in chosen("merge-filter").dataset));
const quoted = (words) => `"${words.trim().replaceAll('"', "”").replaceAll(/[\\{}]/g, "")}"`;

// The words for somebody without the detail come last: so they read as they are written.
function tag() {
  const fallback = document.getElementById("merge-fallback").value.trim();
  if (shape()) return shaped(fallback);
  const parts = [document.getElementById("merge-tag").value, filter(), asksFallback() && fallback && `default(${quoted(fallback)})`];
  return `{{ ${parts.filter(Boolean).join("|")} }}`;
}

function shaped(others) {
  const { value: name, dataset } = chosen("merge-tag");
  const words = document.getElementById("merge-words").value;
  const value = quoted(document.getElementById("merge-argument").value);
  if (shape() === "each") return `{% for one in ${name} %}${words}{% endfor %}`;
  const is = "ofSeveral" in dataset ? `${value} in ${name}` : `${name}|lower == ${value.toLowerCase()}`;
  return `{% if ${shape() === "is" ? is : name} %}${words}${others && `{% else %}${others}`}{% endif %}`;
}

function filter() {
  const { value, dataset } = chosen("merge-filter");
  if (!dataset.asks) return value;
  const said = document.getElementById("merge-argument").value;
  if (!("quotes" in dataset)) return `${value}(${Number.parseInt(said, 10) || dataset.example})`;
  return `${value}(${said.split(",").filter((one) => one.trim()).map(quoted).join(", ")})`;
}

// What the chosen way of reading has to be told, such as the currency, or the words that some people read.
function askArgument() {
  const { asks = "", example = "", words = "" } = chosen("merge-filter").dataset;
  ask("argument", asks, example);
  ask("words", words, shape() === "each" ? "{{ one }}, " : "");
  const fallback = document.getElementById("merge-fallback");
  fallback.labels[0].textContent = shape() ? "Everybody else reads (may be nothing)" : "If it is not known, say";
  fallback.value = shape() ? "" : fallback.defaultValue;
}

function ask(name, label, value) {
  const field = document.getElementById(`merge-${name}`);
  field.closest(".field").hidden = !label;
  field.required = Boolean(label);
  field.labels[0].textContent = label;
  field.value = value;
}

// Only of several choices each can be told in turn.
function offerChoices(dialog) {
  const group = dialog.querySelector("[data-several]");
  group.hidden = group.disabled = !("ofSeveral" in chosen("merge-tag").dataset);
  if (!group.disabled || shape() !== "each") return;
  document.getElementById("merge-filter").value = "";
  askArgument();
}

async function showGap(dialog) {
  const line = document.getElementById("merge-gap");
  const name = document.getElementById("merge-tag").value;
  if (shape()) {
    line.hidden = true;
    return;
  }
  if (!gaps.has(name)) gaps.set(name, isAlwaysKnown() || !dialog.dataset.gapUrl ? "" : gapOf(dialog, name));
  const words = await gaps.get(name);
  if (shape() || name !== document.getElementById("merge-tag").value) return;
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
    document.getElementById("merge-fallback").required = asksFallback() && !shape();
    const choices = shape() === "is" ? `merge-choices-${document.getElementById("merge-tag").value}` : "";
    document.getElementById("merge-argument").setAttribute("list", choices);
    document.getElementById("merge-example").textContent = tag();
    showGap(dialog);
  };
  dialog.addEventListener("input", ({ target }) => {
    if (target.id === "merge-filter") askArgument();
    if (target.id === "merge-tag") offerChoices(dialog);
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
  askArgument();
  offerChoices(dialog);
  dialog.dispatchEvent(new Event("asked"));
  dialog.showModal();
}

export function mount(button) {
  const field = document.getElementById(button.dataset.for);
  field.addEventListener("focus", () => (field.dataset.touched = ""));
  button.addEventListener("click", () => open(document.getElementById(button.dataset.for)));
}
