// Tables and the direction of writing in rich text: kept as they come, cell by cell.
import { Extension, Node } from "@tiptap/core";

const DIRECTED = ["paragraph", "heading", "bulletList", "orderedList", "listItem", "table", "tableCell", "tableHeader"];

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

export const shape = [Direction, Table, Row, cell("tableCell", "td"), cell("tableHeader", "th")];
