// Words are written where they stand: an editor lies exactly over those of the mail, in its letters and colours.
// What is written goes into the field of the block's form, which saves it and has the mail drawn.
import { richEditor, toolbar } from "../behaviours/rich.js";

const SAME = ["fontFamily", "fontSize", "fontWeight", "fontStyle", "lineHeight", "letterSpacing", "color", "textAlign", "direction", "padding"];
const INNER = ["p", "ul", "ol", "li", "h1", "h2", "h3", "a", "strong"];
const INNER_SAME = ["margin", "padding", "font-size", "font-weight", "line-height", "color", "text-decoration"];
const SPACES = /[^\S\u00a0\u202f]+/g; // but for those that no line may end at
const sheet = new CSSStyleSheet();

export class Words {
  constructor(canvas, mail, { began, ended }) {
    this.canvas = canvas;
    this.mail = mail;
    this.told = { began, ended };
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }

  // False where the mail does not show them. `point`: where somebody clicked, and where the cursor goes.
  begin(id, field, label, point) {
    this.end();
    this.id = id;
    const target = this.#target();
    if (!target) return false;
    this.host = document.createElement("div");
    this.host.className = "in-place";
    this.canvas.append(this.host);
    this.tools = document.createElement("div");
    this.tools.className = "in-place-tools";
    this.place(); // before it takes the focus: the page scrolls to where that is, and the cursor goes where somebody clicked
    if (field.matches("textarea")) this.#rich(field, label, point);
    else this.#plain(field, label, point);
    this.told.began(id);
    for (const part of [this.host, this.tools]) part.addEventListener("focusout", (event) => this.#left(event));
    this.host.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" && !(event.key === "Enter" && (event.ctrlKey || field.matches("input")))) return;
      event.preventDefault();
      event.stopPropagation();
      this.end({ byKey: true });
    });
    return true;
  }

  end({ byKey = false } = {}) {
    if (!this.host) return;
    const { host, tools } = this;
    this.host = null;
    this.editor?.destroy();
    this.editor = null;
    host.remove();
    tools.remove();
    const target = this.#target();
    if (target) target.style.visibility = "";
    this.told.ended(this.id, byKey);
  }

  // Whenever the mail has changed: its own words are hidden as long as they are being written.
  place() {
    const target = this.host && this.#target();
    if (!target) return;
    if (target.style.visibility !== "hidden") this.#take(target); // no longer in the grey of an example
    target.style.visibility = "hidden";
    const { left, top, width, height } = target.getBoundingClientRect();
    const { zoom } = this.mail;
    Object.assign(this.host.style, { width: `${width}px`, minHeight: `${height}px`, transform: `translate(${this.mail.left + left * zoom}px, ${top * zoom}px) scale(${zoom})` });
    const box = this.mail.boxOf(this.id);
    this.tools.style.transform = `translate(${box.left}px, calc(${box.top}px - 100% - 4px))`;
  }

  #target() {
    const rows = [...(this.mail.document?.querySelectorAll(`[data-block="${CSS.escape(this.id)}"]`) ?? [])];
    for (const wanted of [".words > div", "h1, h2, h3", "td > a, td > p"]) {
      const found = rows.map((row) => row.querySelector(wanted)).find(Boolean);
      if (found) return found;
    }
    return null;
  }

  #take(target) {
    const view = this.mail.frame.contentWindow;
    const looks = view.getComputedStyle(target);
    for (const name of SAME) this.host.style[name] = looks[name];
    const rules = INNER.map((name) => {
      const probe = this.mail.document.createElement(name);
      target.append(probe);
      const inner = view.getComputedStyle(probe);
      const rule = INNER_SAME.map((one) => `${one}: ${inner.getPropertyValue(one)}`).join(";");
      probe.remove();
      return `.in-place ${name} { ${rule} }`;
    });
    sheet.replaceSync(rules.join("\n"));
  }

  #rich(field, label, point) {
    const written = () => field.dispatchEvent(new CustomEvent("written-elsewhere"));
    this.editor = richEditor(field, { element: this.host, label, written });
    this.canvas.append(this.tools);
    this.tools.append(...toolbar(this.editor, { insertMerge: (text) => this.editor.chain().focus().insertContent({ type: "text", text }).run() }));
    const at = point && this.editor.view.posAtCoords({ left: point.x, top: point.y });
    this.editor.commands.focus(at?.pos ?? "end");
  }

  #plain(field, label, point) {
    const box = document.createElement("div");
    box.contentEditable = "plaintext-only";
    box.className = "in-place-line";
    box.textContent = field.value;
    box.dataset.example = field.placeholder;
    box.setAttribute("role", "textbox");
    box.setAttribute("aria-label", label);
    box.addEventListener("input", () => {
      field.value = box.textContent.replace(SPACES, " ");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    this.host.append(box);
    box.focus();
    const at = point && document.caretRangeFromPoint?.(point.x, point.y);
    if (at && box.contains(at.startContainer)) getSelection().collapse(at.startContainer, at.startOffset);
    else getSelection().selectAllChildren(box), getSelection().collapseToEnd();
  }

  // A dialog that asks for a detail or a colour is part of writing.
  #left({ relatedTarget }) {
    setTimeout(() => {
      const inside = [this.host, this.tools].some((part) => part?.contains(relatedTarget ?? document.activeElement));
      if (!inside && !document.querySelector("dialog[open]") && document.hasFocus()) this.end();
    });
  }
}
