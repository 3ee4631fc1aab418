// Ctrl+K from anywhere; arrows walk through what was found, Enter goes to the first of it.
export function mount(dialog) {
  const input = dialog.querySelector("input[type=search]");
  const links = () => [...dialog.querySelectorAll(".found a")];
  const open = () => {
    if (!dialog.open) dialog.showModal();
    input.select();
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-open-search]")) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const places = [input, ...links()];
      const at = places.indexOf(document.activeElement);
      places[(at + step + places.length) % places.length].focus();
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      links()[0]?.click();
    }
  });
}
