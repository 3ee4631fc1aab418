// Lets people see the password they type: one field, typed once.
export function mount(button) {
  const field = document.getElementById(button.dataset.field);
  if (!field) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-pressed", String(shown));
  });
  field.form?.addEventListener("submit", () => (field.type = "password"));
}
