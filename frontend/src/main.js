import "./css/fonts.css";
import "./css/tokens.css";
import "./css/base.css";
import htmx from "htmx.org";
import "./explained.js";
import "./kept-focus.js";
import "./unsent.js";

import.meta.glob("./css/*.css", { eager: true });

window.htmx = htmx;
htmx.config.defaultSettleDelay = 0; // what comes into the page works as soon as it is seen

// A behaviour is one file; an element asks for it by name and is mounted once: at once, unless the file is still to come.
const behaviours = import.meta.glob("./behaviours/*.js");
const loaded = {};
const mounted = new WeakMap();

async function mountOne(element, name) {
  const load = behaviours[`./behaviours/${name}.js`];
  if (!load) {
    console.error(`No behaviour is called "${name}".`);
    return;
  }
  const names = mounted.get(element) ?? new Set();
  if (names.has(name)) return;
  mounted.set(element, names.add(name));
  const again = loaded[name] ? null : watched(element);
  loaded[name] ??= await load();
  if (element.isConnected) loaded[name].mount(element);
  again?.();
}

// Until its behaviour is there: what somebody does to it meanwhile is done to it again, once it is listened to.
function watched(element) {
  const type = element.matches("button[type=button]") ? "click" : "input";
  let isDone = false;
  const note = () => (isDone = true);
  element.addEventListener(type, note);
  return () => {
    element.removeEventListener(type, note);
    if (isDone) element.dispatchEvent(new Event(type));
  };
}

function mount(root) {
  const elements = [...root.querySelectorAll("[data-behaviour]")];
  if (root instanceof Element && root.matches("[data-behaviour]")) elements.unshift(root);
  for (const element of elements) {
    for (const name of element.dataset.behaviour.split(/\s+/).filter(Boolean)) mountOne(element, name);
  }
}

document.addEventListener("htmx:load", (event) => mount(event.detail.elt));
mount(document);
