// What waits to be sent, in words; what can be done before the server has said so; which pages this device keeps.
const panel = document.querySelector(".waiting");
const list = panel.querySelector("ul");
const SENT = "privyseal.sent";
const PAGES = "pages";
let isFromHere = false;
// Read as the page opens: a page that is being left must not take it from the one that follows.
let hasArrived = sessionStorage.getItem(SENT) !== null;
sessionStorage.removeItem(SENT);

export const person = panel.dataset.person;
// The page that is open, where what is done on it may wait.
export const here = document.querySelector("[data-keep]")?.dataset.keep ?? "";

begin().catch(() => undefined); // a browser that keeps no pages shows the rest all the same

async function begin() {
  const worker = navigator.serviceWorker;
  worker?.addEventListener("message", ({ data }) => fromHere(data.keptAt));
  const isOthers = await forgetPagesOfOthers();
  if (!worker) return;
  await worker.register(panel.dataset.worker, { scope: "/" });
  if (here && (isOthers || !worker.controller)) await warm(worker);
}

// Pages that are kept to be read without a network are one person's, and go when they leave.
async function forgetPagesOfOthers() {
  if (localStorage.getItem(PAGES) === person) return false;
  await window.caches?.delete(PAGES);
  localStorage.setItem(PAGES, person);
  return true;
}

// The page that brought the worker came past it: ask for it once more, so that it is kept as well.
async function warm(worker) {
  await worker.ready;
  if (!worker.controller) await new Promise((done) => worker.addEventListener("controllerchange", done, { once: true }));
  const parts = document.querySelectorAll("link[rel=stylesheet], link[rel=modulepreload], script[src], main img");
  for (const address of [location.href, ...[...parts].map((part) => part.href ?? part.src)]) fetch(address).catch(() => null);
}

function fromHere(keptAt) {
  isFromHere = true;
  const words = panel.querySelector(".kept-at");
  words.textContent = words.dataset.words.replace("{at}", timeOf(keptAt));
  words.hidden = panel.hidden = false;
  reveal(true);
}

export function shown(items, { isCut, others, sendAgain, giveUp }) {
  const isAway = isCut || isFromHere || navigator.onLine === false;
  panel.querySelector(".count-waiting").textContent = panel.dataset.waiting.replace("{n}", String(items.length));
  panel.querySelector(".when").hidden = !items.length;
  panel.querySelector(".others").hidden = !others;
  list.replaceChildren(...items.map((item) => row(item, sendAgain, giveUp)));
  panel.querySelector(".mine").hidden = !items.length;
  if (hasArrived) told("sent");
  hasArrived = false;
  panel.hidden = !items.length && !others && !isFromHere && panel.querySelector(".told").hidden;
  const ours = items.filter((item) => item.page === here);
  reveal(isAway || ours.length > 0);
  mark(ours);
  for (const form of document.querySelectorAll("form[data-waits]:not([data-again])")) {
    const path = new URL(form.action).pathname;
    form.hidden = ours.some((item) => item.path === path && !item.refused);
  }
}

// Say on the page that comes next that everything arrived.
export function reopened() {
  sessionStorage.setItem(SENT, "yes");
  location.assign(here);
}

// Say one of the panel's sentences, or the server's own words.
export function told(words) {
  const place = panel.querySelector(".told");
  place.textContent = place.dataset[words] ?? words;
  place.classList.toggle("done", words === "sent");
  place.classList.toggle("refused", words !== "sent");
  place.hidden = panel.hidden = false;
}

function row(item, sendAgain, giveUp) {
  const made = panel.querySelector("template").content.cloneNode(true);
  const link = made.querySelector("a");
  link.textContent = `${item.words} · ${item.about}`;
  link.href = item.page;
  made.querySelector("time").textContent = timeOf(item.doneAt);
  made.querySelector("time").dateTime = item.doneAt;
  const refused = made.querySelector(".refusal");
  refused.hidden = !item.refused;
  if (item.refused) refused.querySelector("p").textContent = item.refused.words;
  made.querySelector(".send-again").addEventListener("click", () => sendAgain(item));
  made.querySelector(".give-up").addEventListener("click", () => giveUp(item));
  return made;
}

// What comes next by hand comes next without a network too; the server is told in order.
function reveal(isAway) {
  for (const part of document.querySelectorAll("[data-unsent]")) part.hidden = !isAway;
}

// Which seals were seen already, where the server has not heard of it.
function mark(ours) {
  const seen = new Set(ours.filter((item) => !item.refused && item.path.endsWith("/see/")).map((item) => seal(item)));
  for (const row of document.querySelectorAll("[data-counted]")) {
    const isSeen = row.dataset.counted.toLowerCase().split(" ").some((name) => seen.has(name));
    row.querySelector(".unsent").hidden = !isSeen;
  }
}

function seal({ fields }) {
  const [, said] = fields.find(([name]) => name === "number");
  return said.trim().replace(/\/$/, "").split("/").pop().toLowerCase();
}

function timeOf(moment) {
  return new Date(moment).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
}
