// Parts of a page that are asked for again by themselves: whoever stands on something in one goes on standing on it. htmx
// sees to what has an id.
const ANY = "a[href], button, input, select, textarea, summary, [tabindex]";

let left = null; // what was stood on in a part that goes: its name, and which of all that are named so

function named(element) {
  const said = ["href", "name", "value", "aria-label"].map((name) => element.getAttribute(name));
  return [element.localName, element.form?.action, ...said, element.matches("a") ? "" : element.textContent.trim()].join("\n");
}

const alike = (name) => [...document.querySelectorAll(ANY)].filter((one) => named(one) === name);

document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  const focused = document.activeElement;
  const isWished = Boolean(detail.requestConfig.triggeringEvent); // whoever asks for a change is led on by it
  left = null;
  if (isWished || focused === target || !target.contains(focused)) return;
  const name = named(focused);
  left = { name, number: alike(name).indexOf(focused) };
});

document.addEventListener("htmx:afterSwap", () => {
  if (!left || document.activeElement !== document.body) return;
  alike(left.name)[left.number]?.focus({ preventScroll: true });
  left = null;
});
