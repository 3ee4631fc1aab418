// What was typed on another visit and never reached the server: put back or dropped, as somebody decides.
import { fieldsOf, find } from "./leftovers.js";

const OF_BLOCK = /\/content\/([^/]+)\/save\/$/;

export async function offer(page) {
  const here = [...document.querySelectorAll("form[data-behaviour~=autosave]")];
  const forms = new Map(here.map((form) => [form.getAttribute("action"), asNow(form)]));
  const found = [];
  for (const one of find(/^\/campaigns\/\d+\//.exec(location.pathname)[0])) {
    const now = forms.get(one.action) ?? (OF_BLOCK.test(one.action) && (await ofBlock(one.action)));
    if (!now) continue; // it has its place on another page
    if (now.isGone || JSON.stringify(now.fields) === JSON.stringify(one.fields)) one.drop();
    else found.push({ ...one, label: now.label });
  }
  if (found.length) show(page, found);
}

function asNow(form) {
  const place = form.closest(".card")?.querySelector(".card-title") ?? form.querySelector("label");
  const [, block] = OF_BLOCK.exec(form.getAttribute("action")) ?? [];
  return { fields: fieldsOf(form), label: named(block) ?? form.closest("[data-label]")?.dataset.label ?? place?.textContent.trim() };
}

// As the server has the block now; undefined when it does not answer.
async function ofBlock(action) {
  const response = await fetch(action.replace(/save\/$/, "panel/")).catch(() => null);
  if (!response?.ok || response.redirected) return undefined;
  const panel = new DOMParser().parseFromString(await response.text(), "text/html");
  const form = panel.querySelector("form[data-block]");
  if (!form) return { isGone: true };
  return { fields: fieldsOf(form), label: named(form.dataset.block) ?? panel.getElementById("panel-title").textContent };
}

// As the list of blocks says it, where there is one.
const named = (block) => block && document.querySelector(`[data-open="${CSS.escape(block)}"]`)?.textContent.replace(/\s+/g, " ").trim();

function show(page, found) {
  const notice = page.querySelector("[data-leftovers]");
  const names = found.map((one) => one.label).join(", ");
  const at = new Date(Math.max(...found.map((one) => one.at))).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  notice.querySelector("[data-words]").textContent = `Something written here on ${at} did not reach the server: ${names}.`;
  notice.hidden = false;
  notice.querySelector("[data-put-back]").addEventListener("click", async () => {
    for (const one of found) if (await sent(page, one)) one.drop();
    location.reload();
  });
  notice.querySelector("[data-drop]").addEventListener("click", () => {
    found.forEach((one) => one.drop());
    notice.hidden = true;
  });
}

// What the server will not take, because its block is gone or it cannot be stored as it is, is dropped as well.
async function sent(page, { action, fields }) {
  const body = new FormData();
  fields.forEach(([name, value]) => body.append(name, value));
  body.set("csrfmiddlewaretoken", page.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("force", "1");
  const response = await fetch(action, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  return response?.ok || response?.status === 422;
}
