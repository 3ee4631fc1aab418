// The list of mails: arrows walk through it, and the open mail is marked there.
export function mount(list) {
  mark(list);
  document.body.addEventListener("htmx:afterSettle", () => list.isConnected && mark(list));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const links = [...list.querySelectorAll(".postbox-mails a")];
    const next = links[links.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

function mark(list) {
  const open = document.getElementById("postbox-mail")?.dataset.mail;
  for (const link of list.querySelectorAll(".postbox-mails a")) {
    if (link.id === open) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
