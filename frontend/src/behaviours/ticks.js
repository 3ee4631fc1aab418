// The box that ticks all rows of its form's page; the bar shows itself once somebody is ticked, and says how many.
export function mount(all) {
  const form = all.form;
  const bar = document.getElementById("bulk-bar");
  const count = document.getElementById("bulk-count");
  const everyone = form.elements.namedItem("all");
  const rows = () => [...form.querySelectorAll('input[name="chosen"]')];

  function show() {
    const boxes = rows();
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    bar.hidden = !ticked && !everyone.checked;
    count.textContent = everyone.checked ? "" : `${ticked} chosen`;
  }

  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of rows()) box.checked = all.checked;
    if (!all.checked) everyone.checked = false;
    show();
  });
  form.addEventListener("change", (event) => event.target !== all && show());
  show();
}
