// What Word and Google Docs put on the clipboard, as the HTML that they mean: Word's lists are paragraphs with a style
// of their own, and Google's emphasis is nothing but style. Styles are read as text: this page's policy applies none.
const LEVEL = /mso-list:\s*l(\d+)\s+level(\d+)/i;
const NUMBERED = /^\s*\(?([0-9]+|[a-z]|[ivxlc]+)[.)]/i;
const HEADING = /^Mso(?:Heading(\d)|(Title))$/;

export function tidied(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  page.querySelectorAll("o\\:p, style, meta, link, xml").forEach((one) => unwrap(one, one.localName === "o:p"));
  page.querySelectorAll("a:not([href])").forEach((anchor) => unwrap(anchor, true));
  page.querySelectorAll("[id^=docs-internal-guid]").forEach(ofGoogle);
  page.querySelectorAll("p").forEach(asHeading);
  page.querySelectorAll("[dir], [style*=direction]").forEach(withDirection);
  page.querySelectorAll("[style*=font-]").forEach(withEmphasis);
  page.querySelectorAll("[style*=text-align]").forEach(withAlignment);
  lists(page);
  page.querySelectorAll("p").forEach((line) => {
    if (!line.textContent.trim() && !line.querySelector("br, img") && html.includes("Mso")) line.remove();
  });
  return page.body.innerHTML;
}

function unwrap(element, keep) {
  if (keep && element.textContent.trim()) element.replaceWith(...element.childNodes);
  else element.remove();
}

// A line break between its paragraphs is an empty line.
function ofGoogle(whole) {
  whole.querySelectorAll(":scope > br").forEach((line) => line.remove());
  whole.replaceWith(...whole.childNodes);
}

function asHeading(line) {
  const found = HEADING.exec(line.className) ?? /mso-outline-level:\s*(\d)/i.exec(line.getAttribute("style") ?? "");
  if (!found || LEVEL.test(line.getAttribute("style") ?? "")) return;
  replaceName(line, `h${Math.min(Number(found[1] ?? 1), 3)}`);
}

function withDirection(element) {
  const direction = (element.getAttribute("dir") || styleOf(element, "direction")).toLowerCase();
  const around = element.parentElement?.closest("[dir]")?.dir ?? "ltr"; // as every mail begins
  if (["rtl", "ltr"].includes(direction) && direction !== around) element.setAttribute("dir", direction);
  else element.removeAttribute("dir");
}

const styleOf = (element, name) => new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([\\w-]+)`, "i").exec(element.getAttribute("style") ?? "")?.[1].toLowerCase() ?? "";

function withEmphasis(element) {
  const weight = styleOf(element, "font-weight");
  if (element.matches("b, strong") && /^(normal|[1-5]00)$/.test(weight)) return element.replaceWith(...element.childNodes);
  if (!element.matches("span, font, a, p, li")) return;
  if (/^(bold|bolder|[6-9]00)$/.test(weight)) wrapWords(element, "strong");
  if (styleOf(element, "font-style") === "italic") wrapWords(element, "em");
}

function wrapWords(element, name) {
  const made = element.ownerDocument.createElement(name);
  made.append(...element.childNodes);
  element.append(made);
}

// The usual alignment of a direction says nothing, and every program writes it.
function withAlignment(element) {
  const styled = styleOf(element, "text-align");
  const usual = element.closest("[dir]")?.dir === "rtl" ? "right" : "left";
  if (styled !== usual && !element.hasAttribute("align")) element.setAttribute("align", styled);
}

function replaceName(element, name) {
  const made = element.ownerDocument.createElement(name);
  if (element.dir) made.dir = element.dir;
  made.append(...element.childNodes);
  element.replaceWith(made);
  return made;
}

function lists(page) {
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
  const mark = [...line.querySelectorAll("span")].find((span) => /mso-list:\s*Ignore/i.test(span.getAttribute("style") ?? ""));
  const words = mark?.textContent ?? "";
  mark?.remove();
  return NUMBERED.test(words) && !/^\s*o\s*$/i.test(words) ? "ol" : "ul";
}
