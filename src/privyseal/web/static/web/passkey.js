// A passkey signs in, is enrolled, or proves that it is still the same person: the button asks the browser for it.
const failed = document.querySelector("[data-passkey-failed]");

for (const button of document.querySelectorAll("button[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  button.hidden = false;
  button.addEventListener("click", () => play(button));
}

async function play(button) {
  const form = button.form;
  if (!form.reportValidity()) return;
  button.disabled = true;
  if (failed) failed.hidden = true;
  try {
    const options = await ask(button.dataset.options, form);
    const isNew = button.dataset.passkey === "enrol";
    const credential = isNew
      ? await navigator.credentials.create({ publicKey: creation(options) })
      : await navigator.credentials.get({ publicKey: request(options) });
    form.elements.proof_credential.value = JSON.stringify(plain(credential));
    button.disabled = false;
    form.requestSubmit();
  } catch (error) {
    button.disabled = false;
    if (!failed) throw error;
    failed.hidden = false;
    failed.focus();
  }
}

async function ask(address, form) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!answer.ok || answer.redirected) throw new Error("no options");
  return answer.json();
}

function creation(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(named),
  };
}

function request(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: (options.allowCredentials ?? []).map(named),
  };
}

function named(descriptor) {
  return { ...descriptor, id: bytes(descriptor.id) };
}

function plain(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = text(response[name]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: said,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function bytes(base64url) {
  const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
