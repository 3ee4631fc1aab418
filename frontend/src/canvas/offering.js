// What was typed on another visit and never reached the server: put back or dropped, as somebody decides.
import { find } from "./leftovers.js";

const idOf = (action) => action.split("/").at(-3);

export function offer(studio, { labelOf, done }) {
  const found = find(`${location.pathname}`);
  const notice = studio.querySelector("[data-leftovers]");
  if (!found.length) return;
  const names = found.map((one) => labelOf(idOf(one.action)) ?? "a setting").join(", ");
  const at = new Date(Math.max(...found.map((one) => one.at))).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  notice.querySelector("[data-words]").textContent = `Something written here on ${at} did not reach the server: ${names}.`;
  notice.hidden = false;
  notice.querySelector("[data-put-back]").addEventListener("click", async () => {
    for (const one of found) if (await sent(studio, one)) one.drop();
    done();
  });
  notice.querySelector("[data-drop]").addEventListener("click", () => {
    found.forEach((one) => one.drop());
    notice.hidden = true;
  });
}

// What can no longer be put anywhere, because its block is gone, is dropped as well.
async function sent(studio, { action, fields }) {
  const body = new FormData();
  fields.forEach(([name, value]) => body.append(name, value));
  body.set("csrfmiddlewaretoken", studio.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("force", "1");
  const response = await fetch(action, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  return response?.ok || response?.status === 422;
}
