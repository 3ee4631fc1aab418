// From a link's row to its place: the frame goes there by itself, this brings the frame into sight.
export function mount(map) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[target="click-map"]');
    if (!link || !map.isConnected) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    map.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  });
}
