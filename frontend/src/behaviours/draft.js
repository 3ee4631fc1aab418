// Keeps a draft's page in step: what is typed is stored before anything else happens to it.
import { conflict, flush, hasUnsaved, inTurn, isBusy, reload, setVersion } from "./autosave.js";
import { ask } from "../canvas/asking.js";
import { offer } from "../canvas/offering.js";

export function mount(page) {
  storeFirst();
  carryVersion(page);
  jumps();
  keepFindings();
  offer(page);
  page.addEventListener("form-saved", (event) => {
    const block = event.target.dataset.block;
    const { excerpt, refresh } = event.detail;
    if (block) page.querySelector(`[data-excerpt="${block}"]`).textContent = excerpt;
    if (refresh) inTurn(() => ask("GET", `${location.pathname}?open=${block}`));
  });
}

function storeFirst() {
  document.body.addEventListener("htmx:confirm", async (event) => {
    const isOwn = event.target.closest("#draft, dialog") && event.target.id !== "studio"; // which has its turn already
    if (!isOwn || !hasUnsaved() || event.detail.triggeringEvent?.type === "campaign-saved") return;
    event.preventDefault();
    if (await flush()) event.detail.issueRequest(true);
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-flush]")) return;
    event.preventDefault();
    if (!(await flush())) return;
    if (form.elements.version) form.elements.version.value = document.getElementById("draft").dataset.version;
    if (event.submitter?.name) {
      const chosen = Object.assign(document.createElement("input"), { type: "hidden", name: event.submitter.name, value: event.submitter.value });
      form.append(chosen);
    }
    form.submit();
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]:not([target]):not([hx-get]):not(#studio [data-open])");
    if (!link || !isBusy() || event.ctrlKey || event.metaKey || link.hash) return;
    event.preventDefault();
    if (await flush()) location.assign(link.href);
  });
}

function carryVersion(page) {
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "post" || !page.contains(event.detail.elt)) return;
    event.detail.parameters.set("version", page.dataset.version);
  });
  document.body.addEventListener("campaign-saved", (event) => {
    if (event.detail.version) setVersion(event.detail.version);
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    if (status === 410) reload();
    if (status !== 409) return;
    const answer = JSON.parse(responseText);
    conflict(answer.conflict, answer.version);
  });
}

// The list of findings stays as it is while it is renewed, and closes by Escape.
function keepFindings() {
  let isOpen = false;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id === "ready-bar") isOpen = document.getElementById("findings")?.open ?? false;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const findings = document.getElementById("findings");
    if (event.target.id === "ready-bar" && isOpen && findings) findings.open = true;
  });
  document.addEventListener("keydown", (event) => {
    const findings = document.getElementById("findings");
    if (event.key !== "Escape" || !findings?.open || document.querySelector("dialog[open]")) return;
    findings.open = false;
    findings.querySelector("summary").focus();
  });
}

// A finding's link opens the card it speaks of and puts the cursor there.
function jumps() {
  const open = (id) => {
    const card = document.getElementById(id);
    if (!card) return;
    card.open = true;
    card.scrollIntoView({ block: "center" });
    (card.querySelector("input:not([type=hidden]), textarea, select, .card-body a") ?? card.querySelector("summary")).focus();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-jump]");
    if (!link) return;
    event.preventDefault();
    link.closest("details").open = false;
    open(link.dataset.jump);
  });
  if (location.hash.startsWith("#card-")) open(location.hash.slice(1));
}
