// A form is not sent into a network that is gone: the page stays with what is written on it, says so, and offers to try
// again. Where it was lost on the way, whoever comes back finds what they wrote, with the same command: it is done once.
const YOUNG_MS = 5_000;
const PATIENCE_MS = 8_000;
const KEPT = "sent";
const words = document.querySelector("template.unsent-words");

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.busy || !words) return;
  const isSure = "sure" in form.dataset || (navigator.onLine && performance.now() < YOUNG_MS);
  if (isSure) return keep(form);
  event.preventDefault();
  if (form.dataset.asking) return;
  form.dataset.asking = "yes";
  const isThere = await answers();
  delete form.dataset.asking;
  if (!isThere) return say(form, "lost", event.submitter);
  form.dataset.sure = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.sure;
});

addEventListener("pageshow", (event) => {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  const isBack = event.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  sessionStorage.removeItem(KEPT);
  const form = kept && isBack && [...document.forms].find((one) => one.method === "post" && one.action === kept.action);
  if (!form) return;
  restore(form, new Map(kept.fields));
  say(form, form.elements.command_id ? "unsure" : "unsure-which", null);
});

// Any answer is one: it is asked for what this browser has anyway.
async function answers() {
  const asked = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
  return fetch(import.meta.url, asked).then(() => true, () => false);
}

function keep(form) {
  form.querySelector(".unsent-said")?.remove();
  const secret = new Set([...form.querySelectorAll("input[type=password]")].map((one) => one.name));
  const fields = [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && !secret.has(name),
  );
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ action: form.action, fields }));
  } catch {
    // There is no room: it is sent all the same.
  }
}

function restore(form, said) {
  for (const field of form.elements) {
    if (!field.name || ["file", "submit", "password"].includes(field.type) || field.name === "csrfmiddlewaretoken") continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === said.get(field.name);
    else if (said.has(field.name)) field.value = said.get(field.name);
  }
}

function say(form, what, button) {
  form.querySelector(".unsent-said")?.remove();
  const said = words.content.firstElementChild.cloneNode(true);
  for (const each of said.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== what;
  said.role = "alert"; // here, so that a page without trouble has none
  said.querySelector("button").hidden = what !== "lost";
  said.querySelector("button").addEventListener("click", () => form.requestSubmit(button));
  form.append(said);
  said.scrollIntoView({ block: "center" });
}
