// Rich text in place of a textarea: bold, italic, headings, lists, alignment, colours of the brand, link, and a menu of
// personal details.
import { Editor } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
import { completed } from "./address.js";
import { open as askForDetail } from "./merge.js";
import { shape } from "./shape.js";
import { tidied } from "../pasting/tidied.js";

const TOOLS = [
  { label: "Bold", sign: "B", name: "bold", run: (chain) => chain.toggleBold() },
  { label: "Italic", sign: "I", name: "italic", run: (chain) => chain.toggleItalic() },
  { label: "Heading", sign: "H", name: "heading", run: (chain) => chain.toggleHeading({ level: 2 }) },
  { label: "List", sign: "•", name: "bulletList", run: (chain) => chain.toggleBulletList() },
  { label: "1. Numbered list", sign: "1.", name: "orderedList", run: (chain) => chain.toggleOrderedList() },
  ...["left", "center", "right"].map((align) => ({
    label: { left: "Align left", center: "Centre", right: "Align right" }[align],
    name: `align-${align}`,
    isOn: (editor) => editor.isActive({ align }),
    run: (chain) => chain.align(align),
  })),
];

function extensions() {
  return [
    StarterKit.configure({
      blockquote: false,
      code: false,
      codeBlock: false,
      heading: { levels: [1, 2, 3] },
      horizontalRule: false,
      strike: false,
      underline: false,
      link: { openOnClick: false, autolink: false, protocols: ["http", "https", "mailto", "tel"], isAllowedUri: () => true },
    }),
    ...shape,
  ];
}

// The colours of the mail's brand, by the names that are stored.
function inks() {
  return [...document.querySelectorAll("#inks [data-ink]")].map(({ dataset, textContent }) => {
    document.documentElement.style.setProperty(`--ink-${dataset.ink}`, dataset.colour);
    const ink = dataset.ink;
    return {
      label: `Colour of words: ${textContent}`,
      name: `ink-${ink}`,
      isOn: (editor) => editor.isActive("ink", { ink }),
      run: (chain) => chain.toggleMark("ink", { ink }),
    };
  });
}

function button(label, sign, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "tool";
  made.title = label;
  made.setAttribute("aria-label", label);
  made.textContent = sign;
  made.addEventListener("click", act);
  return made;
}

// Where the link leads is asked in a row of its own, not in a browser prompt.
function linkRow(editor) {
  const row = document.createElement("div");
  row.className = "rich-link row";
  row.hidden = true;
  const field = document.createElement("input");
  field.setAttribute("aria-label", "Where the link leads");
  field.placeholder = "https://";
  field.addEventListener("focus", () => (field.dataset.touched = "")); // a detail goes where the cursor is
  field.setAttribute("form", ""); // not part of the block's form
  const asked = document.createElement("p");
  asked.className = "field-error";
  asked.setAttribute("role", "alert");
  asked.hidden = true;
  const done = () => {
    const href = completed(field.value);
    asked.hidden = Boolean(href) || !field.value.trim();
    if (!asked.hidden) {
      asked.textContent = `“${field.value.trim()}” is not a whole address. Write it as https://example.org/page.`;
      return field.focus();
    }
    const chain = editor.chain().focus().extendMarkRange("link");
    if (href) chain.setLink({ href }).run();
    else chain.unsetLink().run();
    row.hidden = true;
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      done();
    } else if (event.key === "Escape") {
      row.hidden = true;
      editor.commands.focus();
    }
  });
  row.append(field, button("Insert a personal detail into the link", "Detail", () => askForDetail(field)), button("Set the link", "Set", done), asked);
  return {
    row,
    show() {
      field.value = editor.getAttributes("link").href ?? "";
      asked.hidden = true;
      row.hidden = false;
      field.focus();
    },
  };
}

// In grey where nothing is written yet; it is never part of the text.
function showExample(editor, words) {
  if (editor.isEmpty && words) editor.view.dom.dataset.example = words;
  else delete editor.view.dom.dataset.example;
}

// The editor of what a textarea holds: each change goes into it. `written`: told after each.
export function richEditor(textarea, { element, label, className = "in-place-rich", written = () => {} }) {
  return new Editor({
    element,
    extensions: extensions(),
    content: textarea.value,
    injectCSS: false,
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label, "aria-placeholder": textarea.placeholder, class: className },
      transformPastedHTML: tidied,
    },
    onCreate: ({ editor }) => showExample(editor, textarea.placeholder),
    onUpdate: ({ editor }) => {
      showExample(editor, textarea.placeholder);
      textarea.value = editor.isEmpty ? "" : editor.getHTML().replace(/(<p><\/p>)+$/, ""); // the line to go on in
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
      written();
    },
  });
}

// The row of tools, and the row in which a link is asked for. `field`: into which a personal detail is inserted.
export function toolbar(editor, field) {
  const link = linkRow(editor);
  const bar = document.createElement("div");
  bar.className = "rich-bar row";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Formatting");
  const offered = [...TOOLS, ...inks()];
  const tools = offered.map((tool) => {
    const made = button(tool.label, tool.sign ?? "", () => tool.run(editor.chain().focus()).run());
    made.dataset.name = tool.name;
    return made;
  });
  const isOn = ({ name, isOn: asked }) => (asked ? asked(editor) : editor.isActive(name));
  bar.append(...tools, button("Link", "Link", link.show), button("Insert a personal detail", "Detail", () => askForDetail(field)));
  editor.on("transaction", () => tools.forEach((tool, index) => tool.setAttribute("aria-pressed", String(isOn(offered[index])))));
  return [bar, link.row];
}

export function mount(textarea) {
  const frame = document.createElement("div");
  frame.className = "rich";
  textarea.after(frame);
  textarea.hidden = true;
  const label = textarea.form.querySelector(`label[for="${textarea.id}"]`);
  const editor = richEditor(textarea, { element: frame, label: label?.textContent ?? "Text", className: "rich-text" });
  textarea.insertMerge = (text) => editor.chain().focus().insertContent({ type: "text", text }).run();
  label?.addEventListener("click", () => editor.commands.focus());
  textarea.addEventListener("written-elsewhere", () => {
    editor.commands.setContent(textarea.value, { emitUpdate: false });
    showExample(editor, textarea.placeholder);
  });
  frame.prepend(...toolbar(editor, textarea));
}
