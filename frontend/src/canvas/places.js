// Where on the mail a block that is dragged may be put.
import * as outline from "./outline.js";

// Every place where a block may be put, on the canvas: {inside, column, before, top, left, width, within}.
export function places(mail, isFit, moved) {
  const found = [];
  for (const row of outline.rows()) {
    if (row.inside && (!isFit || row.inside === moved)) continue;
    const column = row.inside ? mail.boxOfColumn(row.inside, row.column) : null;
    if (row.inside && !column) continue;
    const boxes = row.blocks.map((block) => ({ ...block, box: mail.boxOf(block.id) })).filter((block) => block.box);
    const around = column ?? whole(boxes);
    for (const block of boxes) found.push(gap(row, block.id, around, block.box.top, column));
    const last = boxes.at(-1);
    if (last?.kind === "footer") continue;
    found.push(gap(row, "", around, last ? last.box.top + last.box.height : around.top + around.height / 2, column));
  }
  return found;
}

const gap = (row, before, around, top, column) => ({ inside: row.inside, column: row.column, before, top, left: around.left, width: around.width, within: column });

function whole(boxes) {
  const left = Math.min(...boxes.map(({ box }) => box.left), 0);
  return boxes.length ? boxes[0].box : { left, top: 0, width: 600, height: 0 };
}

// In a column where the pointer stands in one, but not at its very edge, which belongs to the mail.
export function nearest(all, x, y) {
  const edge = 10;
  const inner = all.filter(({ within }) => within && x >= within.left && x <= within.left + within.width && y >= within.top + edge && y <= within.top + within.height - edge);
  const choice = inner.length ? inner : all.filter(({ within }) => !within);
  return choice.reduce((best, one) => (!best || Math.abs(one.top - y) < Math.abs(best.top - y) ? one : best), null);
}
