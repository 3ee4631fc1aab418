// A table that is folded away is printed all the same.
export function mount(button) {
  button.addEventListener("click", () => window.print());
  addEventListener("beforeprint", () => {
    for (const twin of document.querySelectorAll("details.twin:not([open])")) {
      twin.open = true;
      addEventListener("afterprint", () => (twin.open = false), { once: true });
    }
  });
}
