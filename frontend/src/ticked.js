// The ticked rows of a table, kept in this tab for the same person: { among, at, ids, isAll, isSent, isSaid }.
// `among`: which rows the table showed, `at` the address; `isSent`: something was done with them, unless the next page says otherwise.
const user = document.body.dataset.user;
const key = (table) => `ticked-${table}`;

export function of(table) {
  const kept = JSON.parse(sessionStorage.getItem(key(table)));
  return kept?.user === user ? kept : null;
}

export function keep(table, ticked) {
  sessionStorage.setItem(key(table), JSON.stringify({ ...ticked, user }));
}

export function forget(table) {
  sessionStorage.removeItem(key(table));
}

export function mark(table, isSent) {
  const ticked = of(table);
  if (ticked) keep(table, { ...ticked, isSent });
}

// Who was logged out had nothing done.
export function takeBack() {
  for (const name of Object.keys(sessionStorage)) {
    if (!name.startsWith(key(""))) continue;
    sessionStorage.setItem(name, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(name)), isSent: false }));
  }
}
