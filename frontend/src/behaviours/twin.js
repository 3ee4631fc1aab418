// The table beside a chart: once unfolded it stays so when its part of the page is drawn anew with newer numbers.
const unfolded = new Set();

export function mount(twin) {
  if (unfolded.has(twin.id)) twin.open = true;
  twin.addEventListener("toggle", () => unfolded[twin.open ? "add" : "delete"](twin.id));
}
