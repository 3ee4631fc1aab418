// Solves a sign-up form's puzzle (ALTCHA) in a worker as soon as somebody turns to the form, and holds the form back
// until it is solved. Whatever fails, the form is sent without: the server knows what to do with that.
const form = document.querySelector("form[data-challenge]");

if (form && globalThis.crypto?.subtle) begin(JSON.parse(form.dataset.challenge));

function begin(challenge) {
  const status = form.querySelector("[data-waiting]");
  let isDone = false;
  let isWanted = false;
  const done = (proof) => {
    form.elements.proof.value = proof;
    isDone = true;
    status.textContent = "";
    if (isWanted) form.requestSubmit();
  };
  let solving;
  const start = () => (solving ??= solved(challenge).catch(() => "").then(done));
  form.addEventListener("focusin", start, { once: true });
  form.addEventListener("submit", (event) => {
    if (isDone) return;
    event.preventDefault();
    isWanted = true;
    start(); // not every browser gives a button the focus
    status.textContent = status.dataset.waiting;
  });
}

function solved(challenge) {
  const worker = new Worker(new URL("./signup-worker.js", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data: solution }) => resolve(btoa(JSON.stringify({ challenge, solution })));
    worker.onerror = reject;
    worker.postMessage(challenge.parameters);
  }).finally(() => worker.terminate());
}
