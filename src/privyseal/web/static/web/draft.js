// Keep what is written while it is written; without a network, on this device until there is one again.
// Without this module, "Save as a draft" does it on a click.
const PAUSE_MS = 1_500;
const AGAIN_MS = 15_000;

ready();

function ready() {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const place = `draft ${form.dataset.owner} ${form.dataset.draft}`;
  let timer = 0;
  const soon = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(form, place, () => soon(AGAIN_MS)), pause);
  };
  if (restore(form, place)) soon(0);
  form.addEventListener("input", () => soon(PAUSE_MS));
  form.addEventListener("submit", () => clearTimeout(timer));
  window.addEventListener("online", () => {
    if (localStorage.getItem(place)) soon(0);
  });
}

async function keep(form, place, again) {
  const words = form.querySelector(".draft-state");
  const said = new FormData(form);
  const secret = new Set([...form.querySelectorAll("input[type=password]")].map((one) => one.name));
  for (const [name, value] of [...said]) if (value instanceof File || secret.has(name)) said.delete(name);
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: said, headers: { "X-Draft": "1" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    localStorage.removeItem(place);
    words.textContent = words.dataset.kept;
  } catch {
    said.delete("csrfmiddlewaretoken");
    said.delete("command_id");
    localStorage.setItem(place, JSON.stringify([...said]));
    words.textContent = words.dataset.here;
    again();
  }
}

// What the network never took is newer than what the server kept.
function restore(form, place) {
  const kept = localStorage.getItem(place);
  if (!kept) return false;
  const said = new Map(JSON.parse(kept));
  for (const field of form.elements) {
    if (!field.name || !said.has(field.name) || field.type === "file" || field.type === "submit") continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === said.get(field.name);
    else field.value = said.get(field.name);
  }
  return true;
}
