// CodeMirror in place of the HTML textarea. It lives in a shadow root, where its styles need no inline <style>.
import { basicSetup, EditorView } from "codemirror";
import { html } from "@codemirror/lang-html";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "0.8125rem", color: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)" },
  ".cm-content": { caretColor: "currentColor" },
  ".cm-cursor": { borderLeftColor: "currentColor" },
  ".cm-gutters": { color: "var(--muted)", background: "var(--sunken)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "color-mix(in srgb, var(--hover) 60%, transparent)" },
});

// Colours of the page's own tokens, so that they can be read by day and by night.
const inks = HighlightStyle.define([
  { tag: tags.tagName, color: "var(--interactive)" },
  { tag: tags.angleBracket, color: "var(--muted)" },
  { tag: tags.attributeName, color: "var(--warn)" },
  { tag: [tags.attributeValue, tags.string], color: "var(--good)" },
  { tag: [tags.comment, tags.documentMeta, tags.processingInstruction], color: "var(--muted)" },
  { tag: [tags.keyword, tags.propertyName, tags.className], color: "var(--interactive)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

export function mount(field) {
  const textarea = field.querySelector("textarea");
  const host = document.createElement("div");
  host.className = "code";
  textarea.after(host);
  textarea.hidden = true;
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    doc: textarea.value,
    root,
    parent: root,
    extensions: [
      basicSetup,
      html(),
      theme,
      syntaxHighlighting(inks),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "HTML of the mail" }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        textarea.value = view.state.doc.toString();
        textarea.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    ],
  });
  if (field.dataset.line) show(view, Number(field.dataset.line), host);
  textarea.insertMerge = (text) => {
    view.dispatch(view.state.replaceSelection(text));
    view.focus();
  };
}

function show(view, number, host) {
  const { from, to } = view.state.doc.line(Math.min(number, view.state.doc.lines));
  view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  host.scrollIntoView({ block: "nearest" });
  view.focus();
}
