// The form of a page that asks first, before something is done with ticked rows: they stay ticked until it is done.
import * as ticked from "../ticked.js";

export function mount(form) {
  const { chosenTable } = form.dataset;
  ticked.mark(chosenTable, false);
  form.addEventListener("submit", () => ticked.mark(chosenTable, true));
}
