// What is done by hand is kept on this device first, then sent, in order, as often as the network needs it: the server
// does it once. Without this module the forms are sent as any other.
import { all, change, keep, letGo } from "./kept.js";
import { here, person, reopened, shown, told } from "./waits.js";

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 300_000;
const PATIENCE_MS = 60_000;
// What somebody else has to say first: tried again by itself.
const TRIED_AGAIN = new Set(["out-of-turn", "turn-open", "stock-not-all-arrived"]);

const forms = document.querySelectorAll("form[data-waits]");
let pause = FIRST_PAUSE_MS;
let timer = 0;
let isTouched = false;

begin();

function begin() {
  for (const form of forms) {
    form.addEventListener("submit", take);
    form.addEventListener("input", () => (isTouched = true));
  }
  if (!person) {
    show();
    return;
  }
  addEventListener("online", again);
  addEventListener("offline", () => show());
  addEventListener("pageshow", (event) => event.persisted && again());
  document.addEventListener("visibilitychange", () => document.hidden || again());
  send();
}

function again() {
  pause = FIRST_PAUSE_MS;
  send();
}

async function take(event) {
  const form = event.target;
  if (event.defaultPrevented) return; // the photograph is still being written on
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const item = said(form, event.submitter);
  try {
    await replaceRefused(item, form);
    await keep(item);
  } catch {
    await sendUnkept(item, form);
    return;
  }
  renew(form);
  isTouched = false;
  await show();
  await send();
  document.querySelector(".waiting .refusal:not([hidden])")?.scrollIntoView({ block: "center" });
}

function said(form, button) {
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  data.delete("csrfmiddlewaretoken");
  data.set("done_at", new Date().toISOString());
  data.set("said_by", person);
  const words = (button ?? form.querySelector("button:not([type=button])")).textContent.trim();
  const about = document.querySelector("h1").firstChild.textContent.trim();
  const path = new URL(form.action).pathname;
  return { person, path, page: form.dataset.waits, words, about, doneAt: data.get("done_at"), fields: [...data] };
}

// What was refused is filled in anew: the form stands where it stood, and its first try goes.
async function replaceRefused(item, form) {
  if ("again" in form.dataset) return;
  const before = (await all()).filter((one) => one.refused && one.person === person && one.path === item.path);
  for (const one of before) await letGo(one.id);
}

// There is no room, or this browser keeps nothing: it is sent now or not at all, and either is said.
async function sendUnkept(item, form) {
  const answer = await delivered(item);
  delete form.dataset.busy;
  if (answer?.taken) reopened();
  else told(answer?.words ?? "unkept");
}

// A form that is asked for again and again does something new each time.
function renew(form) {
  delete form.dataset.busy;
  delete form.dataset.ready;
  if (!("again" in form.dataset)) return;
  const { photo, impressions, spoiled, why, command_id: key } = form.elements;
  if (impressions) {
    photo.value = "";
    if (spoiled) spoiled.value = why.value = "";
    impressions.defaultValue = Math.max(0, Number(impressions.defaultValue) - Number(impressions.value));
    impressions.value = impressions.defaultValue;
  } else form.reset();
  key.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function send() {
  clearTimeout(timer);
  // One page of this browser sends at a time; where it cannot be arranged, the server counts once all the same.
  const sent = navigator.locks ? navigator.locks.request("privyseal.waiting", sendEach) : sendEach();
  return sent.then(finish, () => show());
}

async function sendEach() {
  const held = new Set();
  const sent = [];
  for (const item of (await all()).filter((one) => one.person === person)) {
    if (held.has(item.page)) continue;
    if (item.refused && !TRIED_AGAIN.has(item.refused.code)) {
      held.add(item.page);
      continue;
    }
    const answer = await delivered(item);
    if (!answer) return { sent, isCut: true };
    if (answer.taken) {
      await letGo(item.id);
      sent.push(item.page);
    } else {
      await change({ ...item, refused: { code: answer.code, words: answer.words } });
      held.add(item.page);
    }
  }
  return { sent, isCut: false };
}

// Nothing where the server did not answer: no network, no session, or not now.
async function delivered(item) {
  const body = new FormData();
  for (const [name, value] of item.fields) body.append(name, value);
  body.append("csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]").value);
  const sending = { method: "POST", body, headers: { "X-By-Itself": "1" }, signal: AbortSignal.timeout?.(PATIENCE_MS) };
  try {
    const response = await fetch(item.path, sending);
    const isAnswer = response.headers.get("Content-Type")?.startsWith("application/json") && response.status < 500;
    return isAnswer && !response.redirected && response.status !== 429 ? await response.json() : null;
  } catch {
    return null;
  }
}

async function finish({ sent, isCut }) {
  const waiting = await show(isCut);
  if (sent.length) told("sent");
  if (sent.includes(here) && !waiting.some((item) => item.page === here) && !isTouched) {
    reopened();
    return;
  }
  if (!waiting.some((item) => !item.refused || TRIED_AGAIN.has(item.refused.code))) return;
  timer = setTimeout(send, pause * (1 + Math.random() / 4));
  pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
}

// Show what waits, and return what of it is this person's.
async function show(isCut = false) {
  const kept = await all().catch(() => []);
  const mine = kept.filter((item) => item.person === person);
  shown(mine, { isCut, others: kept.length - mine.length, sendAgain, giveUp });
  return mine;
}

async function sendAgain(item) {
  await change({ ...item, refused: null });
  await send();
}

async function giveUp(item) {
  await letGo(item.id);
  await send();
}
