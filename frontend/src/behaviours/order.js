// Rows of a table that may be dragged into another order; buttons in them do the same without a mouse.
export function mount(table) {
  const body = table.tBodies[0];
  let dragged = null;
  let before = "";
  const order = () => [...body.rows].map((row) => row.dataset.id).join(",");

  for (const row of body.rows) row.draggable = true;

  body.addEventListener("dragstart", (event) => {
    const row = event.target instanceof Element ? event.target.closest("tr") : null;
    if (!row || event.target.closest("a, button")) return event.preventDefault();
    dragged = row;
    before = order();
    event.dataTransfer.effectAllowed = "move";
    row.classList.add("dragged");
  });

  body.addEventListener("dragover", (event) => {
    const over = event.target instanceof Element ? event.target.closest("tr") : null;
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const box = over.getBoundingClientRect();
    over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
  });

  body.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    dragged = null;
    if (order() === before) return;
    const headers = { "X-CSRFToken": table.closest("form").elements.csrfmiddlewaretoken.value };
    window.htmx.ajax("POST", table.dataset.orderUrl, { values: { order: order() }, headers, swap: "none" });
    for (const button of body.querySelectorAll("button[name=move]")) {
      const at = [...body.rows].indexOf(button.closest("tr"));
      button.disabled = button.value.startsWith("up:") ? at === 0 : at === body.rows.length - 1;
    }
  });
}
