// Addresses as people type them. The server completes them by the same rules when it saves.
const SCHEME = /^([a-z][a-z0-9+-]*:(?!\d)|[#/?]|\{[{%])/i;
const MAILBOX = /^[^\s@:/?#<>]+@[^\s@:/?#<>]+\.[^\s@:/?#<>\d]{2,}$/;
const HOST = /^[^\s/?#:@{}.][^\s/?#:@{}]*\.(\p{L}{2,}|xn--[a-z0-9-]+)(:\d{1,5})?([/?#].*)?$/iu;
const FILE = /^[^./]+\.(html?|php|aspx?|jsp|pdf|docx?|xlsx?|pptx?|txt|xml|jpe?g|png|gif|webp|svg)$/i;

// The whole address, or "" for what is none: then somebody has to be asked.
export function completed(typed) {
  const text = typed.trim();
  if (!text || SCHEME.test(text)) return /^(\/|\?)/.test(text) ? "" : text;
  if (MAILBOX.test(text)) return `mailto:${text}`;
  return HOST.test(text) && !FILE.test(text) ? `https://${text}` : "";
}
