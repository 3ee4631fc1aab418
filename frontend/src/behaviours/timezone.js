// Offers the browser's own time zone while the field still holds the default.
export function mount(field) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = zone && [...(field.list?.options ?? [])].some((option) => option.value === zone);
  if (known && field.value === field.defaultValue && ["", "UTC"].includes(field.value)) field.value = zone;
}
