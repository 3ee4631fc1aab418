// Lists that their programs do not put on the clipboard as such: Word's are paragraphs with a style of their own, those of
// Word in a browser a list for each item.
export const LEVEL = /mso-list:\s*l(\d+)\s+level(\d+)/i;
const NUMBERED = /^\s*\(?([0-9]+|[a-z]|[ivxlc]+)[.)]/i;

export function withLists(page) {
  page.querySelectorAll("li[data-aria-level]").forEach(asLine);
  let open = []; // lists in progress, outermost first
  let last = null;
  for (const line of page.querySelectorAll("p, h1, h2, h3, h4, h5, h6")) {
    const found = LEVEL.exec(line.getAttribute("style") ?? "");
    if (!found) continue;
    if (!last || line.previousElementSibling !== last) open = [];
    const level = Math.min(Number(found[2]), open.length + 1);
    const kind = takeMark(line);
    open.length = Math.min(open.length, level);
    if (open.length === level && open[level - 1].localName !== kind) open.length = level - 1;
    if (open.length < level) open.push(begin(page, kind, open.at(-1), line));
    const item = page.createElement("li");
    if (line.dir) item.dir = line.dir;
    open.at(-1).append(item);
    last = open[0];
    const paragraph = page.createElement("p");
    if (line.dir) paragraph.dir = line.dir;
    paragraph.append(...line.childNodes);
    item.append(paragraph);
    line.remove();
  }
}

function begin(page, kind, outer, line) {
  const list = page.createElement(kind);
  if (line.dir) list.dir = line.dir;
  if (outer) outer.lastElementChild.append(list);
  else line.before(list);
  return list;
}

// Word draws the bullet or number itself, in a span that others are to ignore.
function takeMark(line) {
  if (line.dataset.list) return line.dataset.list;
  const mark = [...line.querySelectorAll("span")].find((span) => /mso-list:\s*Ignore/i.test(span.getAttribute("style") ?? ""));
  const words = mark?.textContent ?? "";
  mark?.remove();
  return NUMBERED.test(words) && !/^\s*o\s*$/i.test(words) ? "ol" : "ul";
}

// As Word itself writes it. What was around it goes with its last item.
function asLine(item) {
  const list = item.parentElement;
  const around = list.parentElement.matches(".ListContainerWrapper") ? list.parentElement : list;
  const line = item.ownerDocument.createElement("p");
  line.setAttribute("style", `mso-list:l0 level${Number(item.dataset.ariaLevel) || 1}`);
  line.dataset.list = list.localName;
  line.append(...(item.querySelector("p") ?? item).childNodes);
  around.before(line);
  item.remove();
  if (!list.querySelector("li")) around.remove();
}
