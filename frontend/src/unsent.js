// What somebody sent after their session had ended is in its form again once they have logged in: the answer was the
// login page, which keeps nothing. In this tab alone, for the same person, and only on the page they come back to.
import { takeBack } from "./ticked.js";

const KEPT = "unsent";
const LONGEST = 500_000; // characters
const user = document.body.dataset.user; // nobody's on the pages of logging in

document.addEventListener("submit", ({ target: form }) => {
  if (!user || form.method !== "post") return;
  const typed = fields(form)
    .filter((field) => !field.matches("[type=checkbox], [type=radio]") || field.checked)
    .flatMap((field) => (field.matches("select") ? [...field.selectedOptions] : [field]).map(({ value }) => [field.name, value]));
  const kept = JSON.stringify({ user, page: location.pathname, action: form.getAttribute("action"), typed });
  if (fields(form).length && kept.length < LONGEST) sessionStorage.setItem(KEPT, kept);
  else forget();
});

// Of a form that htmx sends, the page stays where it is.
document.addEventListener("htmx:afterOnLoad", ({ detail: { xhr } }) => {
  if (!xhr.getResponseHeader("HX-Redirect")) forget();
});

const kept = JSON.parse(sessionStorage.getItem(KEPT));
if (!user) takeBack();
if (kept && !user) sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, isRefused: true }));
else if (kept) {
  forget();
  if (kept.isRefused && kept.user === user && kept.page === location.pathname) bringBack(kept);
}

function forget() {
  sessionStorage.removeItem(KEPT);
}

// Neither a password nor a file, and nothing that the page itself says.
function fields(form) {
  return [...form.elements].filter((field) => field.name && field.matches("input:not([type=hidden], [type=password], [type=file]), select, textarea"));
}

function bringBack({ action, typed }) {
  const isIt = (form) => form.getAttribute("action") === action && fields(form).some(({ name }) => typed.some(([known]) => known === name));
  const form = [...document.forms].find(isIt);
  if (!form) return;
  const isTyped = (name, value) => typed.some((one) => one[0] === name && one[1] === value);
  for (const field of fields(form)) {
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = isTyped(field.name, field.value);
    else if (field.matches("select")) for (const option of field.options) option.selected = isTyped(field.name, option.value);
    else {
      const at = typed.findIndex(([name]) => name === field.name);
      if (at >= 0) field.value = typed.splice(at, 1)[0][1]; // the next of that name has the next value
    }
  }
  const dialog = form.closest("dialog");
  if (dialog && !dialog.open) dialog.showModal();
  const notice = document.createElement("div");
  notice.className = "notice notice-warn";
  notice.setAttribute("role", "status");
  const words = notice.appendChild(document.createElement("p"));
  words.textContent = "You were logged out before this was saved. What you had entered is here again: look it over, and send it.";
  form.prepend(notice);
  notice.scrollIntoView({ block: "center" });
}
