// Shows the form anew, a moment after something was typed, in the frame that the button's formtarget names.
const PAUSE = 400;

export function mount(button) {
  let waiting;
  const show = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => button.form.requestSubmit(button), PAUSE);
  };
  button.form.addEventListener("input", show);
  show();
}
