// A bar that shows itself once something is ticked, and says how many.
export function mount(form) {
  const bar = form.querySelector("[data-chosen-bar]");
  if (!bar) return;
  const count = bar.querySelector("[data-chosen-count]");
  const show = () => {
    const ticked = form.querySelectorAll('input[name="chosen"]:checked').length;
    bar.hidden = !ticked;
    count.textContent = `${ticked} chosen`;
  };
  form.addEventListener("change", show);
  show();
}
