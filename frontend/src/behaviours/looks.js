// Small frames side by side, each as wide inside as the mail program that it stands for.
import { CANVAS } from "../canvas/frames.js";

export function mount(looks) {
  const fit = ({ target }) => {
    const canvas = CANVAS[target.dataset.canvasOf];
    target.style.setProperty("--canvas", `${canvas}px`);
    target.style.setProperty("--zoom", Math.min(1, target.clientWidth / canvas).toFixed(4));
  };
  const observer = new ResizeObserver((entries) => entries.forEach(fit));
  for (const frame of looks.querySelectorAll(".look-frame")) observer.observe(frame);
}
