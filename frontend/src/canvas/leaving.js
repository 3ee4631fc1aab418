// A page that is closed: what somebody changed and the server does not have yet goes out in requests that outlive it.
import { isAnyChange, takeOver, underWay } from "./turns.js";

const version = () => document.querySelector("[data-version]")?.dataset.version ?? "";
let hasSent = false; // changes that this page does not show

// `typed()`: forms with words that are not stored. `isLost()`: whether some of them cannot be. `isLeft()`: by itself.
export function watch({ typed, isLost, isLeft, flush }) {
  window.addEventListener("beforeunload", (event) => {
    if (!isLeft() && (isAnyChange() || typed().length || isLost())) event.preventDefault();
  });
  // It may never be seen again without a further word.
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
  window.addEventListener("pagehide", () => send(typed()));
  window.addEventListener("pageshow", ({ persisted }) => persisted && hasSent && location.reload());
}

// What is on its way ends with the page: words are sent once more, as they may arrive twice. What does not arrive is
// kept in this browser and offered the next time.
function send(forms) {
  const afterThis = underWay();
  const waiting = takeOver();
  if (!waiting.length) return forms.forEach((form) => post(form.action, formOf(form)));
  const all = [...forms.map((form) => [form.action, formOf(form)]), ...waiting];
  const body = new FormData();
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("version", Number(version()) + afterThis);
  body.set("changes", JSON.stringify(all.map(([address, values]) => [new URL(address, location).pathname, encoded(values)])));
  hasSent = true;
  post(document.querySelector("[data-waiting-url]").dataset.waitingUrl, body);
}

function formOf(form) {
  const data = new FormData(form);
  data.set("version", version());
  if (form.isForced) data.set("force", "1");
  return data;
}

const encoded = (values) => String(new URLSearchParams(values instanceof FormData ? values : Object.entries(values)));
const post = (address, body) => fetch(address, { method: "POST", body, keepalive: true, headers: { Accept: "application/json" } });
