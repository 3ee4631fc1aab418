// Escape closes the explanation of a word that hover or focus has opened; it opens again the next time.
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  document.querySelectorAll(".explained:is(:hover, :focus-within)").forEach((word) => word.toggleAttribute("data-closed", true));
});

for (const way of ["click", "focusout", "pointerout"]) {
  document.addEventListener(way, ({ target, relatedTarget }) => {
    const word = target.closest?.(".explained[data-closed]");
    if (!word || word.contains(relatedTarget)) return; // from the word to its explanation
    if (way !== "pointerout" || !word.matches(":focus-within")) word.removeAttribute("data-closed");
  });
}
