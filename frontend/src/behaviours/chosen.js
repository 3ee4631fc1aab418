// Rows that are ticked stay so while one turns the table's pages or sorts it: those of other pages are sent along as
// hidden fields. Where the table shows another choice, they wait where they were ticked, until others are.
import * as ticked from "../ticked.js";

const LOOKS = ["page", "before", "after", "trail", "sort"]; // of the same choice
const MOST = 300; // what an address may carry: proxies refuse one of 8,000 characters

export function mount(form) {
  const { chosenTable: table, chosenField: field = "chosen", chosenMost } = form.dataset;
  const most = Number(chosenMost ?? MOST);
  const [bar, count, none, here] = ["bar", "count", "none", "here"].map((part) => form.querySelector(`[data-chosen-${part}]`));
  const words = count.textContent;
  const everyone = form.querySelector("input[type=checkbox][name=all]") ?? { checked: false };
  const boxes = [...form.querySelectorAll(`input[type=checkbox][name="${field}"]`)];
  const elsewhere = form.appendChild(document.createElement("div"));
  const among = choice();
  let ids;
  let isRefused = false;

  function begin() {
    const kept = ticked.of(table);
    if (kept?.isSent && !wasRefused()) ticked.forget(table);
    else if (kept && kept.among !== among) sayWhere(kept);
    else if (kept) {
      everyone.checked = kept.isAll;
      return new Set(kept.ids);
    }
    return new Set();
  }

  function wasRefused() {
    return "chosenRefused" in form.dataset || Boolean(document.querySelector("#messages [data-refused]"));
  }

  function show() {
    const ticks = boxes.filter((box) => ids.has(box.value)).length;
    for (const box of boxes) box.checked = ids.has(box.value);
    const others = [...ids].filter((id) => !boxes.some(({ value }) => value === id));
    elsewhere.replaceChildren(...others.map(hidden));
    const isOne = Boolean(ids.size || everyone.checked);
    const where = !others.length ? "" : ticks ? `, ${ticks} of them on this page` : ids.size === 1 ? ", on another page" : ", on other pages";
    count.textContent = everyone.checked ? "" : ids.size ? `${ids.size} chosen${where}${isRefused ? `. More than ${most} do not go at once.` : ""}` : words;
    if (bar) bar.hidden = !isOne;
    none.hidden = !isOne;
    if (!here) return;
    here.checked = ticks === boxes.length;
    here.indeterminate = ticks > 0 && ticks < boxes.length;
  }

  // In order, as far as there is room.
  function tick(changed) {
    isRefused = false;
    for (const box of changed) {
      if (!box.checked) ids.delete(box.value);
      else if (ids.size < most) ids.add(box.value);
      else isRefused ||= !ids.has(box.value);
    }
    keep();
  }

  function keep() {
    if (ids.size || everyone.checked) ticked.keep(table, { among, at: location.search, ids: [...ids], isAll: everyone.checked });
    else ticked.forget(table);
    form.querySelector("[data-chosen-before]")?.remove();
    show();
  }

  function hidden(value) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: field, value });
    return input;
  }

  // Once; but whoever goes back finds them ticked.
  function sayWhere(kept) {
    if (kept.isSaid) return;
    ticked.keep(table, { ...kept, isSaid: true });
    const line = document.createElement("p");
    line.className = "muted";
    line.dataset.chosenBefore = "";
    line.setAttribute("role", "status");
    const link = document.createElement("a");
    link.href = kept.at || "?";
    link.textContent = "Back to them";
    const what = kept.isAll ? "All were" : kept.ids.length === 1 ? "1 was" : `${kept.ids.length} were`;
    line.append(`${what} chosen before you looked for others: nothing here is. Choosing here begins anew. `, link);
    form.prepend(line);
  }

  form.addEventListener("change", ({ target }) => {
    if (target === here) {
      for (const box of boxes) box.checked = here.checked;
      if (!here.checked) everyone.checked = false;
      tick(boxes);
    } else if (target === everyone) keep();
    else if (boxes.includes(target)) tick([target]);
  });
  none.addEventListener("click", () => {
    ids.clear();
    everyone.checked = isRefused = false;
    keep();
    boxes[0]?.focus();
  });
  form.addEventListener("submit", () => form.method === "post" && ticked.mark(table, true));
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted || !form.isConnected) return;
    ids = begin();
    show();
  });

  if (here) here.hidden = false;
  const early = boxes.filter((box) => box.checked); // before this was there, or by the server
  ids = begin();
  if (early.length) tick(early);
  else show();
}

// Which rows the table shows, as its address says it.
function choice() {
  const asked = [...new URLSearchParams(location.search)].filter(([name, value]) => value && !LOOKS.includes(name));
  return new URLSearchParams(asked.sort()).toString();
}
