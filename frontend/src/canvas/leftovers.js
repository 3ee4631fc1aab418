// What is typed and not yet stored on the server is kept in this browser, and offered when the page is opened again.
const PREFIX = "unsaved:";
const owner = () => document.querySelector("[data-user]")?.dataset.user ?? "";
const keyOf = (form) => `${PREFIX}${owner()}:${new URL(form.action).pathname}`;
const NOT_WORDS = ["csrfmiddlewaretoken", "version", "seen"];

export const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) => !NOT_WORDS.includes(name) && typeof value === "string");

export function keep(form) {
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ fields: fieldsOf(form), at: Date.now() }));
  } catch {
    // no room, or not allowed here: then there is the server alone
  }
}

export function forget(form) {
  localStorage.removeItem(keyOf(form));
}

// Left over from another visit, of addresses that begin so: [{action, fields, at, drop()}].
export function find(begins) {
  const start = `${PREFIX}${owner()}:${begins}`;
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(start))
    .map((key) => {
      const kept = localStorage.getItem(key);
      const drop = () => localStorage.getItem(key) === kept && localStorage.removeItem(key); // not what is typed now
      return { ...JSON.parse(kept), action: key.slice(PREFIX.length + owner().length + 1), drop };
    });
}
