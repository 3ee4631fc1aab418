// Puts a chosen picture into the block that asked for it.
export function mount(dialog) {
  let field;
  const show = (value, source) => {
    const place = field.closest("[data-picture-input]");
    const picture = place.querySelector("img");
    field.value = value;
    picture.hidden = !value;
    if (source) picture.src = source;
    place.querySelector("[data-clear-picture]").hidden = !value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("click", (event) => {
    const ask = event.target.closest("[data-choose-picture]");
    const clear = event.target.closest("[data-clear-picture]");
    if (ask) {
      field = document.getElementById(ask.dataset.choosePicture);
      dialog.showModal();
      window.htmx.trigger("#picker", "open-picker");
    } else if (clear) {
      field = document.getElementById(clear.dataset.clearPicture);
      show("", "");
    }
  });
  const choose = (chosen) => {
    const alt = field.form.elements.alt; // words that nobody wrote here are those of the picture before
    if (alt && (!alt.value || alt.value === alt.defaultValue)) alt.value = alt.defaultValue = chosen.dataset.alt;
    dialog.close();
    show(chosen.dataset.picture, chosen.querySelector("img").src);
  };
  dialog.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-picture]");
    if (chosen) choose(chosen);
  });
  // Whoever adds a picture here wants it in the mail; of several, one is still to be chosen.
  dialog.addEventListener("pictures-added", async ({ detail }) => {
    await window.htmx.ajax("GET", dialog.querySelector("[data-upload-form]").dataset.shelf, { target: "#picker", swap: "outerHTML" });
    const added = dialog.querySelector("[data-picture]");
    if (detail.sources.length === 1 && added) choose(added);
  });
}
