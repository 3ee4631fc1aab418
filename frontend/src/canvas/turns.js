// Whatever is stored of a draft: one request at a time, each behind what was asked for before it.
const turns = new Set(); // that have not ended
let chain = Promise.resolve();

// One that fails holds up nothing behind it.
export function next(act) {
  const done = chain.then(act);
  chain = done.catch(() => {});
  return done;
}

// `act` calls `begin` when it has its turn, which says no to what was sent meanwhile because the page was closed.
// `request`: [address, values] of what somebody changes; null of what is only read anew.
export function take(act, request) {
  const turn = { request, hasBegun: false };
  const begin = () => (turn.hasBegun ? false : (turn.hasBegun = true));
  turns.add(turn);
  return next(() => act(begin)).catch(() => {}).finally(() => turns.delete(turn));
}

export const isAny = () => turns.size > 0;
export const isAnyChange = () => [...turns].some((turn) => turn.request);
export const underWay = () => [...turns].filter((turn) => turn.request && turn.hasBegun).length;

// The changes that wait, in their order: whoever takes them over sends them.
export function takeOver() {
  const waiting = [...turns].filter((turn) => turn.request && !turn.hasBegun);
  for (const turn of waiting) turn.hasBegun = true;
  return waiting.map((turn) => turn.request);
}
