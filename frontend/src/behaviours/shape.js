// What rich text has beside its words: alignment, colours of the brand, the direction of writing, tables as they come.
import { Extension, Mark, Node } from "@tiptap/core";

const DIRECTED = ["paragraph", "heading", "bulletList", "orderedList", "listItem", "table", "tableCell", "tableHeader"];
const ALIGNED = ["paragraph", "heading"];

function alignment(element) {
  const given = element.getAttribute("align")?.toLowerCase();
  return ["left", "center", "right"].includes(given) ? given : null;
}

const Alignment = Extension.create({
  name: "alignment",
  addGlobalAttributes: () => [
    { types: ALIGNED, attributes: { align: { default: null, parseHTML: alignment, renderHTML: ({ align }) => (align ? { align } : {}) } } },
  ],
  addCommands: () => ({
    align:
      (align) =>
      ({ commands }) =>
        ALIGNED.map((name) => commands.updateAttributes(name, { align })).some(Boolean),
  }),
  addKeyboardShortcuts() {
    return Object.fromEntries(
      Object.entries({ l: "left", e: "center", r: "right" }).map(([key, align]) => [`Mod-Shift-${key}`, () => this.editor.commands.align(align)]),
    );
  },
});

// The name of a colour: what it is, each mail says by its brand.
const Ink = Mark.create({
  name: "ink",
  addAttributes: () => ({ ink: { default: null, parseHTML: (element) => element.dataset.ink, renderHTML: ({ ink }) => ({ "data-ink": ink }) } }),
  parseHTML: () => [{ tag: "span[data-ink]" }],
  renderHTML: ({ HTMLAttributes }) => ["span", HTMLAttributes, 0],
});

const Direction = Extension.create({
  name: "direction",
  addGlobalAttributes: () => [
    {
      types: DIRECTED,
      attributes: {
        dir: {
          default: null,
          parseHTML: (element) => (/^(rtl|ltr)$/i.test(element.getAttribute("dir") ?? "") ? element.getAttribute("dir").toLowerCase() : null),
          renderHTML: ({ dir }) => (dir ? { dir } : {}),
        },
      },
    },
  ],
});

const Table = Node.create({
  name: "table",
  group: "block",
  content: "tableRow+",
  isolating: true,
  parseHTML: () => [{ tag: "table" }],
  renderHTML: ({ HTMLAttributes }) => ["table", HTMLAttributes, ["tbody", 0]],
});

const Row = Node.create({
  name: "tableRow",
  content: "(tableCell | tableHeader)+",
  parseHTML: () => [{ tag: "tr" }],
  renderHTML: ({ HTMLAttributes }) => ["tr", HTMLAttributes, 0],
});

const spans = (name) => ({ default: 1, parseHTML: (element) => Number(element.getAttribute(name)) || 1, renderHTML: (given) => (given[name] > 1 ? { [name]: given[name] } : {}) });

const cell = (name, tag) =>
  Node.create({
    name,
    content: "block+",
    isolating: true,
    addAttributes: () => ({ colspan: spans("colspan"), rowspan: spans("rowspan") }),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
  });

export const shape = [Alignment, Ink, Direction, Table, Row, cell("tableCell", "td"), cell("tableHeader", "th")];
