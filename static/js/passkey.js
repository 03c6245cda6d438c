// A form[data-passkey] asks the browser for a passkey, or makes one, and posts the browser's answer as its credential.
const CALLS = {
  create: (options) => ({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => ({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

async function answer(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const trouble = form.querySelector("[data-passkey-trouble]");
  trouble.hidden = true;
  try {
    const options = JSON.parse(form.querySelector("#passkey-options").textContent).publicKey;
    const credential = await navigator.credentials[form.dataset.passkey](CALLS[form.dataset.passkey](options));
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    trouble.hidden = false; // cancelled, too late, or no passkey that fits
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (window.PublicKeyCredential?.parseRequestOptionsFromJSON && navigator.credentials) {
    form.addEventListener("submit", answer);
  } else {
    form.querySelector("[data-passkey-missing]").hidden = false;
    form.querySelector("button:not([type])").disabled = true;
  }
}
