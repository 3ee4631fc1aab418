// Saves a form while people write: a moment after the last key, at once when they leave it, and at the latest after two
// seconds. One request at a time, because each carries the version that the one before it was given.
import { forget, keep } from "../canvas/leftovers.js";
import { watch } from "../canvas/leaving.js";
import { isAny, next, take } from "../canvas/turns.js";

const PAUSE_MS = 800;
const LONGEST_MS = 1500;
const RETRY_MS = 3000;

const unsaved = new Set();
const refused = new Set(); // cannot be stored as they stand: nothing waits for them, but whoever leaves the page is asked
let sending = null; // the form on its way, which is not stored yet: whoever leaves the page waits for it
let stopped = false; // by a conflict, until somebody decides
let isLeft = false; // by the page itself: whatever waits cannot be stored any more

const root = () => document.querySelector("[data-version]");

function say(words, kind = "") {
  const place = document.getElementById("save-state");
  if (place) {
    place.textContent = words;
    place.dataset.kind = kind;
  }
}

export const hasUnsaved = () => Boolean(sending) || unsaved.size > 0;
export const isBusy = () => isAny() || hasUnsaved();

export function setVersion(version) {
  if (root()) root().dataset.version = version;
}

// As this page is no longer good for anything: somebody was logged out, or the draft was launched.
export function reload() {
  isLeft = true;
  location.reload();
}

export function announce(version) {
  setVersion(version);
  document.body.dispatchEvent(new CustomEvent("campaign-saved", { detail: { version } }));
}

export function conflict(words, version) {
  stopped = true;
  const banner = document.getElementById("conflict");
  banner.querySelector("[data-words]").textContent = words;
  banner.hidden = false;
  banner.focus();
  say("Not saved", "bad");
  banner.querySelector("[data-theirs]").onclick = () => {
    for (const form of unsaved) forget(form);
    unsaved.clear();
    refused.clear();
    reload();
  };
  banner.querySelector("[data-keep]").onclick = async () => {
    banner.hidden = true;
    stopped = false;
    setVersion(version);
    for (const form of unsaved) form.isForced = true;
    await flush();
  };
}

// Resolves when everything typed is stored; false if it could not be.
export const flush = () => next(storeTyped).then(() => !hasUnsaved());

// Whether what was typed up to its turn is stored, or is refused as it stands: whoever types on holds up nothing.
async function storeTyped() {
  const done = [];
  for (const form of [...unsaved]) done.push(await save(form));
  return done.every(Boolean);
}

// Whatever else changes the draft goes after what was asked for before it, and after what is typed; it is left out where
// that cannot be stored. `change` gives a promise, kept when the page knows of the change; one that fails says so itself.
// `request`: [address, values] of a change, none where the draft is only read anew.
export const inTurn = (change, request = null) => take(async (begin) => (await storeTyped()) && begin() && change(), request);

const queue = (form) => next(() => save(form));

// False: it is not stored, and waits to be.
async function save(form) {
  if (!unsaved.has(form)) return true;
  if (stopped) return false;
  unsaved.delete(form);
  refused.delete(form);
  const data = new FormData(form);
  data.set("version", root()?.dataset.version ?? "");
  if (form.isForced) data.set("force", "1");
  say("Saving…");
  let response, isJson, answer;
  sending = form;
  try {
    response = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
    isJson = response.headers.get("Content-Type")?.includes("json");
    answer = isJson && (await response.json());
  } catch {
    return later(form, "No connection. What you typed is kept here and saved as soon as it is back.");
  } finally {
    sending = null;
  }
  if (!isJson && (response.redirected || response.status === 403)) {
    return later(form, "You are logged out. What you typed is kept in this browser: log in, and open this page again.");
  }
  if (!isJson) return later(form, "The server is busy. This is tried again in a moment.");
  settle(form, response.status, answer);
  return response.status !== 409;
}

function later(form, words) {
  unsaved.add(form);
  say(words, "bad");
  setTimeout(() => queue(form), RETRY_MS);
  return false;
}

function settle(form, status, answer) {
  form.heldBack = isHalfTyped(form, answer.errors ?? {}) ? answer.errors : null;
  showErrors(form, form.heldBack ? {} : (answer.errors ?? {}));
  if (status === 409) {
    unsaved.add(form);
    return conflict(answer.conflict, answer.version);
  }
  if (status === 410) return reload();
  if (answer.errors) {
    refused.add(form);
    return form.heldBack ? say("Not saved yet") : say("Not saved: see the marked field", "bad");
  }
  form.isForced = false;
  if (form.elements.seen) form.elements.seen.value = answer.seen;
  if (!unsaved.has(form)) forget(form);
  complete(form, answer.completed ?? {}, answer.asks ?? {});
  say(answer.saved);
  announce(answer.version);
  form.dispatchEvent(new CustomEvent("form-saved", { bubbles: true, detail: answer }));
}

// A link without its scheme, completed or asked about as soon as nobody is typing in it any more.
function complete(form, completed, asks) {
  for (const name of new Set([...Object.keys(completed), ...Object.keys(asks)])) {
    const field = form.elements[name];
    const typed = field.value;
    const put = () => {
      if (field.value !== typed) return;
      if (asks[name]) return showErrors(form, { [name]: asks[name] });
      field.value = completed[name];
    };
    if (document.activeElement === field) field.addEventListener("blur", put, { once: true });
    else put();
  }
}

// An address is no fault as long as somebody is typing it.
function isHalfTyped(form, errors) {
  const field = document.activeElement;
  return field.type === "email" && field.form === form && field.name in errors;
}

function showHeldBack(form) {
  if (!form.heldBack || unsaved.has(form) || sending === form) return;
  showErrors(form, form.heldBack);
  form.heldBack = null;
  say("Not saved: see the marked field", "bad");
}

function showErrors(form, errors) {
  form.querySelectorAll(".autosave-error").forEach((old) => old.remove());
  for (const [name, words] of Object.entries(errors)) {
    const place = form.elements[name]?.closest?.(".field") ?? form;
    const line = document.createElement("p");
    line.className = "field-error autosave-error";
    line.setAttribute("role", "alert");
    line.textContent = words;
    place.append(line);
  }
}

window.addEventListener("online", () => flush());
watch({
  typed: () => [...new Set(sending ? [sending, ...unsaved] : unsaved)],
  isLost: () => [...refused].some((form) => form.isConnected),
  isLeft: () => isLeft,
  flush,
});

export function mount(form) {
  let timer;
  let since = 0;
  const mark = () => {
    if (!unsaved.has(form)) since = Date.now();
    unsaved.add(form);
    keep(form);
    clearTimeout(timer);
    timer = setTimeout(() => queue(form), Math.max(0, Math.min(PAUSE_MS, since + LONGEST_MS - Date.now())));
  };
  form.addEventListener("input", mark);
  form.addEventListener("change", (event) => {
    mark();
    if (event.target.matches("select, [type=checkbox], [type=radio], [type=hidden]")) queue(form);
  });
  form.addEventListener("focusout", () => {
    showHeldBack(form);
    queue(form);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    unsaved.add(form);
    queue(form);
  });
}
