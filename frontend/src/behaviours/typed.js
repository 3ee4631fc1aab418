// Typed confirmation: the form's button works only once the field holds what data-typed says.
export function mount(field) {
  const button = field.form?.querySelector("[type=submit]");
  const check = () => {
    const plain = (text) => text.replace(/[\s,.]/g, "").toLowerCase();
    if (button) button.disabled = plain(field.value) !== plain(field.dataset.typed);
  };
  field.addEventListener("input", check);
  check();
}
