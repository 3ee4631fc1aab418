// On a phone rows of chips are pushed aside with the thumb: the chosen one of each comes into sight with its row.
export function mount(filters) {
  const show = () => {
    for (const chip of filters.querySelectorAll('.chips > [aria-current="true"]')) {
      const row = chip.parentElement;
      if (row.scrollWidth <= row.clientWidth) continue;
      const [outer, inner] = [row.getBoundingClientRect(), chip.getBoundingClientRect()];
      row.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
    }
  };
  filters.addEventListener("toggle", show);
  show();
}
