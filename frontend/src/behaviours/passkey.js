// Asks the browser for a passkey and sends what it says in the hidden field of the button's form.
const BINARY = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

export function mount(button) {
  const problem = button.parentElement.querySelector("[data-passkey-problem]");
  const say = (words) => {
    problem.textContent = words;
    problem.hidden = !words;
  };
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    say("This browser knows no passkeys, or this page is not reached by https.");
    return;
  }
  button.addEventListener("click", async () => {
    say("");
    const options = JSON.parse(document.getElementById(button.dataset.options).textContent);
    try {
      const made = await navigator.credentials[button.dataset.kind]({ publicKey: decoded(options.publicKey) });
      button.form.elements[button.dataset.field].value = JSON.stringify(encoded(made));
      button.form.submit();
    } catch (error) {
      say(wording(error));
    }
  });
}

function decoded(options) {
  const listed = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));
  const found = { ...options, challenge: bytes(options.challenge) };
  if (options.user) found.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) found.excludeCredentials = listed(options.excludeCredentials);
  if (options.allowCredentials) found.allowCredentials = listed(options.allowCredentials);
  return found;
}

function encoded(credential) {
  const response = {};
  for (const name of BINARY) if (credential.response[name]) response[name] = text(credential.response[name]);
  return { id: credential.id, response, clientExtensionResults: credential.getClientExtensionResults() };
}

function bytes(base64url) {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function wording(error) {
  if (error.name === "InvalidStateError") return "This device has a passkey for you already.";
  if (error.name === "NotAllowedError") return "Nothing was chosen, or it took too long. Try again.";
  return "The browser could not use a passkey here.";
}
