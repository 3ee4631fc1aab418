// What other programs put on the clipboard, as the HTML that they mean: paragraphs, headings, lists, tables, emphasis and
// links, and nothing that they need for themselves.
import { LEVEL, withLists } from "./lists.js";
import { read, unwrap } from "./styles.js";

const HEADING = /^Mso(?:Heading(\d)|(Title))$/;
const NO_WORDS = "style, meta, link, title, xml, script, noscript, template, .EOP, .Apple-interchange-newline";
const NOWHERE = /^\s*(#|file:|about:|blob:|data:|javascript:|vbscript:|$)/i;

export function tidied(html) {
  if (html.includes("data-pm-slice")) return html; // from an editor like this one
  const page = new DOMParser().parseFromString(html, "text/html");
  page.querySelectorAll("[id^=docs-internal-guid]").forEach(ofGoogle);
  page.querySelectorAll("o\\:p").forEach((one) => (one.textContent.trim() ? unwrap(one) : one.remove()));
  page.querySelectorAll("a").forEach((link) => NOWHERE.test(link.getAttribute("href") ?? "") && unwrap(link));
  page.querySelectorAll("p, h4, h5, h6, [role=heading]").forEach(asHeading);
  read(page);
  page.querySelectorAll(NO_WORDS).forEach((one) => one.remove());
  withLists(page);
  page.querySelectorAll("p, div").forEach((line) => isEmpty(line) && line.remove());
  page.querySelectorAll("[style]").forEach((one) => one.removeAttribute("style"));
  return page.body.innerHTML;
}

// Room between paragraphs, which those of a mail have of their own.
const isEmpty = (line) => !line.textContent.trim() && !line.querySelector("table, ul, ol");

// A line break between its paragraphs is an empty line.
function ofGoogle(whole) {
  whole.querySelectorAll(":scope > br").forEach((line) => line.remove());
  unwrap(whole);
}

function asHeading(line) {
  const style = line.getAttribute("style") ?? "";
  if (LEVEL.test(style)) return;
  const level =
    /^h([4-6])$/.exec(line.localName)?.[1] ??
    (line.getAttribute("role") === "heading" && (line.getAttribute("aria-level") ?? "2")) ??
    "";
  const found = level ? ["", level] : HEADING.exec(line.className) ?? /mso-outline-level:\s*(\d)/i.exec(style);
  if (found) replaceName(line, `h${Math.min(Number(found[1] ?? 1), 3)}`);
}

function replaceName(element, name) {
  const made = element.ownerDocument.createElement(name);
  for (const said of ["dir", "style", "align"]) if (element.hasAttribute(said)) made.setAttribute(said, element.getAttribute(said));
  made.append(...element.childNodes);
  element.replaceWith(made);
}
