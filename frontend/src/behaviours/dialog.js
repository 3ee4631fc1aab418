// A button that opens the dialog it names; a dialog marked data-open opens with the page.
export function mount(element) {
  if (element instanceof HTMLDialogElement) {
    if (element.hasAttribute("data-open")) element.showModal();
    return;
  }
  element.addEventListener("click", () => {
    document.getElementById(element.dataset.dialog)?.showModal();
  });
}
