// What styles mean, and nothing of how they look: emphasis, alignment, direction. They are read as text, because this
// page's policy applies none.
const RULE = /([^{}]+)\{([^{}]*)\}/g;
const BLOCKS = "p, h1, h2, h3, h4, h5, h6, ul, ol, table, div";

export const styleOf = (element, name) => new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([\\w-]+)`, "i").exec(element.getAttribute("style") ?? "")?.[1].toLowerCase() ?? "";

export function read(page) {
  for (const sheet of page.querySelectorAll("style")) ofClasses(page, sheet.textContent);
  page.querySelectorAll("[dir], [style*=direction]").forEach(withDirection);
  page.querySelectorAll("[style*=font-]").forEach(withEmphasis);
  page.querySelectorAll("[style*=text-align], div[align], center, td[align], th[align]").forEach(withAlignment);
  page.querySelectorAll("h1, h2, h3").forEach((heading) => heading.querySelectorAll("b, strong").forEach(unwrap)); // bold anyway
}

export function unwrap(element) {
  element.replaceWith(...element.childNodes);
}

// Excel and Apple's programs name what is bold in a style sheet. What an element says itself comes first.
function ofClasses(page, sheet) {
  for (const [, selectors, said] of sheet.replace(/<!--|-->/g, "").matchAll(RULE)) {
    if (!/font-(weight|style)|text-align/i.test(said)) continue;
    for (const [, tag, name] of selectors.matchAll(/([a-z0-9]*)\.([\w-]+)\s*(?=,|$)/gi)) {
      for (const element of page.getElementsByClassName(name)) {
        if (tag && element.localName !== tag.toLowerCase()) continue;
        element.setAttribute("style", `${element.getAttribute("style") ?? ""};${said}`);
      }
    }
  }
}

function withDirection(element) {
  const direction = (element.getAttribute("dir") || styleOf(element, "direction")).toLowerCase();
  const around = element.parentElement?.closest("[dir]")?.dir ?? "ltr"; // as every mail begins
  if (["rtl", "ltr"].includes(direction) && direction !== around) element.setAttribute("dir", direction);
  else element.removeAttribute("dir");
}

function withEmphasis(element) {
  const weight = styleOf(element, "font-weight");
  if (element.matches("b, strong") && /^(normal|[1-5]00)$/.test(weight)) return unwrap(element);
  if (!element.matches("span, font, a, p, li, td")) return;
  if (/^(bold|bolder|[6-9]00)$/.test(weight)) wrapWords(element, "strong");
  if (styleOf(element, "font-style") === "italic") wrapWords(element, "em");
}

function wrapWords(element, name) {
  const made = element.ownerDocument.createElement(name);
  made.append(...element.childNodes);
  element.append(made);
}

// The usual alignment of a direction says nothing, and every program writes it. Paragraphs have one, nothing around them.
function withAlignment(element) {
  const said = styleOf(element, "text-align") || element.getAttribute("align")?.toLowerCase() || (element.localName === "center" ? "center" : "");
  const usual = element.closest("[dir]")?.dir === "rtl" ? "right" : "left";
  if (!["left", "center", "right"].includes(said) || said === usual) return;
  if (element.matches("p, h1, h2, h3")) {
    if (!element.hasAttribute("align")) element.setAttribute("align", said);
    return;
  }
  if (!element.matches("div, center, td, th") || element.querySelector("table")) return;
  if (!element.querySelector(BLOCKS)) wrapWords(element, "p");
  element.querySelectorAll("p:not([align]), h1:not([align]), h2:not([align]), h3:not([align])").forEach((line) => line.setAttribute("align", said));
}
