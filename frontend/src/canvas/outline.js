// The blocks as the list in the side names them: what each is, and in which row it stands.
const list = () => document.getElementById("editor");

export function all() {
  return [...list().querySelectorAll("[data-block]")].map((item) => ({
    id: item.dataset.block,
    kind: item.dataset.kind,
    label: item.dataset.label,
    words: item.dataset.words,
    fits: "fitsColumns" in item.dataset,
    excerpt: item.querySelector("[data-excerpt]").textContent,
    row: { inside: item.parentElement.dataset.inside, column: Number(item.parentElement.dataset.column) },
  }));
}

export const find = (id) => all().find((block) => block.id === id);

// Rows of neighbours: the mail's own and each column's.
export function rows() {
  return [...list().querySelectorAll(".blocks")].map((row) => ({
    inside: row.dataset.inside,
    column: Number(row.dataset.column),
    blocks: [...row.children].filter((item) => item.dataset.block).map((item) => ({ id: item.dataset.block, kind: item.dataset.kind })),
  }));
}

export function choose(id) {
  for (const link of list().querySelectorAll("[data-open]")) {
    if (link.dataset.open === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
