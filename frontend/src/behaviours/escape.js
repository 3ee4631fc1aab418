// A link that leaves its form: Escape anywhere in the form is a click on it.
export function mount(link) {
  link.closest("form").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) link.click();
  });
}
