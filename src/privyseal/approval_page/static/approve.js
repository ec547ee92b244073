// The button asks the passkey for its yes, one statement after the other, and brings all of them back at once.
const acts = document.querySelector(".acts");
const asked = JSON.parse(acts.dataset.asked);
const words = JSON.parse(acts.dataset.words);
const said = document.getElementById("said");
const button = document.getElementById("approve");
const PATIENCE_MS = 30_000;
// What was given and not delivered is here again when the page is: nobody is asked twice. It is worth nothing elsewhere.
const KEPT = `given ${acts.dataset.answer}`;
const kept = recalled();
const given = kept.given ?? [];
let made = kept.made;

if (made || given.length === asked.challenges?.length) {
  button.hidden = false;
  button.textContent = words["send-kept"];
  button.addEventListener("click", approve);
  say(words.kept, true);
} else if (window.PublicKeyCredential) {
  button.hidden = false;
  button.addEventListener("click", approve);
} else {
  say(words.unsupported, true);
}

async function approve() {
  button.disabled = true;
  try {
    if (asked.user) made ??= await enrol();
    keep();
    // What was given stays given: after a lost network nobody is asked twice.
    while (!asked.user && given.length < asked.challenges.length) {
      const number = given.length;
      const all = asked.challenges.length;
      say(all === 1 ? words.asking : words["asking-of"].replace("{number}", number + 1).replace("{all}", all));
      given.push(await yes(asked.challenges[number]));
      keep();
    }
  } catch (error) {
    return offer(words.denied);
  }
  await send();
}

async function send() {
  say(words["sending"]);
  let answer;
  let told;
  try {
    answer = await fetch(acts.dataset.answer, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(made ?? given),
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    told = await answer.json();
  } catch (error) {
    return offer(words.lost);
  }
  forget();
  if (!answer.ok) return say(`${told.words} [${told.code}]`, true);
  say(words.sent);
  location.replace(told.to);
}

async function yes(challenge) {
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge: bytes(challenge),
      rpId: asked.rpId,
      allowCredentials: asked.credentials.map((id) => ({ type: "public-key", id: bytes(id) })),
      userVerification: "required",
      timeout: 300000,
    },
  });
  return {
    credential: text(credential.rawId),
    authenticator_data: text(credential.response.authenticatorData),
    client_data: text(credential.response.clientDataJSON),
    signature: text(credential.response.signature),
  };
}

async function enrol() {
  const { response } = await navigator.credentials.create({
    publicKey: {
      rp: asked.rp,
      user: { ...asked.user, id: bytes(asked.user.id) },
      challenge: bytes(asked.challenge),
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: asked.excluded.map((id) => ({ type: "public-key", id: bytes(id) })),
      authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
      attestation: "none",
      timeout: 300000,
    },
  });
  return {
    attestation_object: text(response.attestationObject),
    client_data: text(response.clientDataJSON),
    transports: response.getTransports?.() ?? [],
  };
}

function keep() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(made ? { made } : { given }));
  } catch (error) {
    // There is no room: the page itself has it as long as it is open.
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch (error) {
    // Nothing was kept.
  }
}

function recalled() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch (error) {
    return {};
  }
}

function offer(sentence) {
  button.disabled = false;
  button.textContent = words.again;
  say(sentence, true);
}

function say(sentence, isWrong = false) {
  said.textContent = sentence;
  said.classList.toggle("wrong", isWrong);
  if (isWrong) said.focus();
}

function bytes(base64url) {
  const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
