// Counts the seconds of a hold, in words a screen reader hears only at the end.
export function mount(element) {
  const until = new Date(element.dataset.until);
  const tick = () => {
    if (!element.isConnected) return;
    const left = Math.ceil((until - Date.now()) / 1000);
    element.textContent = left > 0 ? `Starts in ${left} second${left === 1 ? "" : "s"}` : "Starting";
    if (left > 0) setTimeout(tick, 250);
  };
  if (!Number.isNaN(until.valueOf())) tick();
}
