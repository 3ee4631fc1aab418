// The kinds of blocks: found by typing, gone through with the arrow keys.
export function mount(form) {
  const search = form.querySelector(".palette-search");
  const field = search.querySelector("input");
  const kinds = [...form.querySelectorAll(".palette-kind")];
  const shown = () => kinds.filter((kind) => !kind.hidden);
  search.hidden = false;
  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase();
    for (const kind of kinds) kind.hidden = !`${kind.dataset.label} ${kind.title}`.toLowerCase().includes(words);
    for (const group of form.querySelectorAll(".palette-group")) group.hidden = !group.querySelector(".palette-kind:not([hidden])");
    form.querySelector("[data-none]").hidden = shown().length > 0;
  });
  form.addEventListener("submit", () => {
    field.value = "";
    field.dispatchEvent(new Event("input"));
  });
  form.addEventListener("keydown", (event) => {
    if (event.target === field && event.key === "Enter") {
      event.preventDefault();
      const words = field.value.trim().toLowerCase();
      const called = shown().filter((kind) => kind.dataset.label.toLowerCase().startsWith(words));
      (called[0] ?? shown()[0])?.click(); // what is called so goes before what is described so
    }
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step || (event.target === field && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const all = shown();
    (all[all.indexOf(event.target) + step] ?? (step < 0 ? field : all[0]))?.focus();
  });
}
