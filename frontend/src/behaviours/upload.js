// Pictures chosen, dropped or pasted: sent two at a time, a line each with its progress, its error, and its words.
const AT_ONCE = 2;

export function mount(place) {
  const form = place.querySelector("[data-upload-form]");
  const input = form.querySelector("input[type=file]");
  const list = place.querySelector("[data-uploads]");
  const sum = place.querySelector("[data-upload-sum]");
  const whole = place.closest("dialog") ?? document;
  const waiting = [];
  const added = [];
  let running = 0;
  let total = 0;
  let failed = 0;

  const isOpen = () => place.isConnected && (whole === document || whole.open);

  function add(files) {
    for (const file of files) {
      const line = place.querySelector("template").content.firstElementChild.cloneNode(true);
      line.querySelector(".upload-name").textContent = file.name || "pasted picture";
      line.querySelector("progress").setAttribute("aria-label", file.name || "pasted picture");
      list.append(line);
      waiting.push([file, line]);
      total += 1;
    }
    next();
  }

  function next() {
    while (running < AT_ONCE && waiting.length) send(...waiting.shift());
    const done = added.length + failed;
    if (total) sum.textContent = `${added.length} of ${total} added${failed ? `, ${failed} not` : ""}`;
    if (total && done === total && !running) finish();
  }

  function send(file, line) {
    running += 1;
    const request = new XMLHttpRequest();
    const data = new FormData(form);
    data.delete("picture");
    data.append("picture", file, file.name || "pasted.png");
    request.upload.addEventListener("progress", ({ loaded, total: size }) => {
      line.querySelector("progress").value = (loaded / size) * 95;
    });
    request.addEventListener("load", () => settle(request, file, line));
    request.addEventListener("error", () => fail(file, line, "No connection. Nothing was stored."));
    request.open("POST", form.action);
    request.setRequestHeader("X-Upload", "1");
    request.send(data);
  }

  function settle(request, file, line) {
    const isOurs = request.responseText.includes("data-upload-about") || request.responseText.includes("field-error");
    if (request.status === 200 && isOurs) {
      running -= 1;
      line.innerHTML = request.responseText;
      line.classList.add("is-done");
      about(line);
      whole.querySelector("[data-without-pictures]")?.remove();
      added.push(line.querySelector("img").getAttribute("src"));
      return next();
    }
    const words = new DOMParser().parseFromString(request.responseText, "text/html").querySelector(".field-error")?.textContent;
    const known = {
      0: "No connection. Nothing was stored.",
      403: "You are logged out, or may not add pictures. Log in again.",
      413: "This file is larger than 10 MB. Export it smaller.",
    };
    fail(file, line, words ?? known[request.status] ?? "The server could not take it just now.");
  }

  function fail(file, line, words) {
    running -= 1;
    failed += 1;
    line.querySelector("progress").remove();
    const problem = document.createElement("span");
    problem.className = "field-error";
    problem.setAttribute("role", "alert");
    problem.textContent = words;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-small";
    again.textContent = "Try again";
    again.addEventListener("click", () => {
      line.remove();
      failed -= 1;
      total -= 1;
      add([file]);
    });
    line.append(problem, again);
    next();
  }

  // What a picture shows is saved while it is typed.
  function about(line) {
    const words = line.querySelector("[data-upload-about]");
    if (!words) return;
    const say = words.querySelector("[role=status]");
    words.querySelector("button").hidden = true;
    const save = async () => {
      const answer = await fetch(words.action, { method: "POST", body: new FormData(words), headers: { Accept: "application/json" } });
      const { errors } = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : { errors: {} };
      say.textContent = answer.ok ? "Saved" : Object.values(errors ?? {}).flat()[0] ?? "Not saved: try again.";
    };
    words.addEventListener("change", save);
    words.addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
  }

  function finish() {
    place.querySelector("[data-upload-done]").hidden = whole !== document || !added.length;
    if (added.length) place.dispatchEvent(new CustomEvent("pictures-added", { bubbles: true, detail: { sources: [...added] } }));
  }

  form.querySelector("[data-upload-button]").hidden = true;
  form.querySelector("[data-upload-hint]").hidden = false;
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  const pictures = (transfer) => [...(transfer?.files ?? [])];
  const leaves = () => place.classList.remove("is-over");
  whole.addEventListener("dragover", (event) => {
    if (!isOpen() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    place.classList.add("is-over");
  });
  whole.addEventListener("dragleave", (event) => event.relatedTarget || leaves());
  whole.addEventListener("drop", (event) => {
    if (!isOpen() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    leaves();
    add(pictures(event.dataTransfer));
  });
  whole.addEventListener("paste", (event) => {
    if (isOpen() && pictures(event.clipboardData).length) add(pictures(event.clipboardData));
  });
}
