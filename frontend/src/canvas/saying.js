// What has become of a change, for those who hear the page.
export function say(words) {
  const place = document.getElementById("said");
  if (place) place.textContent = words;
}
