// A machine without a network: what it tells is fetched by Bluetooth, handed in as soon as there is a network, and what it
// is told is brought back. Nothing here is believed by anybody: both ends sign what they say.
import { load, save } from "./brought.js";
import { ABOUT, SERVICE, TOLD, WRITTEN, carrier, known, posts } from "./carrying.js";

const ROUNDS = 8;
const PATIENCE_MS = 20_000;
const PICTURE_MS = 180_000;
const MOST_KEPT = 24_000_000; // so much of pictures is carried at once where there is no network
const MOST_REFUSED = 200;
const LATER = ["too-often", "too-slow", "unavailable"]; // what is refused so is taken another time
const NAMED = 20; // so much of a serial has room in what a machine says of itself
const place = document.querySelector(".carry");
const { machine, serial, person } = place.dataset;
const said = place.querySelector(".carry-said");
const bar = place.querySelector("progress");
const meet = place.querySelector(".meet");
const handIn = place.querySelector(".hand-in");
const halves = new Map();
const seen = new Map();
let item = await load(person, machine).catch(() => null);
let isBusy = false;

begin();

function begin() {
  if (!item) return say("unkept");
  for (const each of place.querySelectorAll("[data-without]")) each.hidden = Boolean(navigator.bluetooth);
  for (const each of place.querySelectorAll("[data-with]")) each.hidden = !navigator.bluetooth;
  meet.addEventListener("click", () => busy(carry));
  handIn.addEventListener("click", () => busy(handInNow));
  addEventListener("online", () => hasToHandIn() && busy(handInNow));
  show();
  if (hasToHandIn() && navigator.onLine) busy(handInNow);
}

async function busy(act) {
  if (isBusy) return;
  isBusy = meet.disabled = handIn.disabled = true;
  try {
    await act();
  } catch (error) {
    say(wordOf(error));
  } finally {
    isBusy = meet.disabled = handIn.disabled = false;
    bar.hidden = true;
    show();
  }
}

async function carry() {
  say("choosing");
  const filters = [{ services: [SERVICE], namePrefix: serial.slice(0, NAMED) }];
  const device = await navigator.bluetooth.requestDevice({ filters });
  say("connecting");
  const server = await device.gatt.connect();
  try {
    await exchange(await link(server));
  } finally {
    if (server.connected) server.disconnect();
  }
}

async function link(server) {
  const service = await server.getPrimaryService(SERVICE);
  const [about, written, told] = [await service.getCharacteristic(ABOUT), await service.getCharacteristic(WRITTEN), await service.getCharacteristic(TOLD)];
  const who = known(await about.readValue());
  if (!who) throw new Error("broken");
  if (who.serial !== serial) throw new Error("other");
  const write = (bytes) => written.writeValueWithResponse(bytes);
  const one = carrier({ write, most: who.most, halves, seen, moved });
  told.addEventListener("characteristicvaluechanged", (event) => one.heard(event.target.value));
  await told.startNotifications();
  return one;
}

// Until the machine has nothing more to tell and to be told, or there is no network.
async function exchange(one) {
  const refusedBefore = item.refusals.at(-1);
  for (let round = 0; round < ROUNDS; round += 1) {
    await brought(one);
    say("fetching");
    const told = await one.collect();
    await keep({ told, hello: told.at(-1) });
    if (!(await posted(told))) {
      await photographs(one, false);
      return say("waits");
    }
    if (told.length === 1 && item.answers.every(isAcknowledgement)) {
      await keep({ answers: [] });
      await photographs(one, true);
      return say(item.refusals.at(-1) === refusedBefore ? "done" : "refused-picture");
    }
  }
  return say("more");
}

// Pictures are sealed to the gateway: nobody looks at one here, and the machine keeps each until the gateway has it.
async function photographs(one, isThere) {
  say("pictures");
  const isNew = (frame) => ![...item.pictures.map((each) => named(each.frame)), ...item.refusals].includes(named(frame));
  await one.pictures(isNew, async (frame, sealed) => {
    if (isThere && (await takenIn({ frame, sealed }))) return true;
    const size = item.pictures.reduce((sum, each) => sum + each.sealed.length, sealed.length);
    if (size > MOST_KEPT && item.pictures.length) return false;
    await keep({ pictures: [...item.pictures, { frame, sealed }] });
    return true;
  });
  await brought(one);
}

// One after the other: after a cut it goes on with the first that the machine does not have.
async function brought(one) {
  say("bringing");
  while (item.answers.length) {
    await one.deliver(item.answers.slice(0, 1));
    await keep({ answers: item.answers.slice(1) });
  }
}

// The newest hello is handed in again where there is nothing else: what waits for the machine is brought to it.
async function handInNow() {
  say("sending");
  const hasTold = item.told.length > 1;
  if (!(await posted(item.told.length ? item.told : [item.hello]))) return say("away");
  for (const each of item.pictures) if (!(await takenIn(each))) return say("away");
  if (hasTold || !item.answers.every(isNoNews)) return say("bring");
  await keep({ answers: [] });
  return say("nothing");
}

// Hand in what the machine told; nothing is lost where that does not succeed, as it is kept here and there.
async function posted(frames) {
  const answers = [];
  for (const post of posts(frames)) {
    const answer = await handed(post);
    if (!answer) return false;
    answers.push(...answer.frames);
    if (answer.code === "events-missing") break; // another telephone has those before; the machine offers them again
    if (answer.code) await refused(answer.words);
  }
  await keep({ told: [], answers: [...item.answers.filter(isKept), ...answers] });
  return true;
}

// A picture that the gateway does not take is still at the machine, which offers it again: one that would be refused
// again is not fetched again.
async function takenIn(picture) {
  const body = new FormData();
  body.append("frame", picture.frame);
  body.append("picture", new Blob([picture.sealed]), "picture");
  const answer = await sent(place.dataset.pictured, body, {}, PICTURE_MS);
  if (!answer || LATER.includes(answer.code)) return false;
  const isForGood = answer.code && answer.code !== "picture-unknown"; // known once its event is handed in
  const refusals = isForGood ? [...item.refusals, named(picture.frame)].slice(-MOST_REFUSED) : item.refusals;
  const isOther = (each) => each.frame !== picture.frame;
  await keep({ pictures: item.pictures.filter(isOther), answers: [...item.answers, ...answer.frames], refusals });
  return true;
}

function named(frame) {
  return part(frame, 1).sha256;
}

function handed(frames) {
  return sent(place.dataset.carried, JSON.stringify({ frames }), { "Content-Type": "application/json" }, PATIENCE_MS);
}

async function sent(address, body, kind, patience) {
  const token = place.querySelector("input[name=csrfmiddlewaretoken]").value;
  const headers = { ...kind, "X-CSRFToken": token, "X-By-Itself": "1" };
  const response = await fetch(address, { method: "POST", headers, body, signal: AbortSignal.timeout(patience) }).catch(() => null);
  if (!response || response.status === 503) return null;
  if (response.redirected || response.status === 403) throw new Error("signed-out");
  const isAnswer = response.headers.get("Content-Type")?.startsWith("application/json");
  if (!isAnswer) return null;
  const answer = await response.json();
  return response.ok ? answer : refused(answer.words);
}

// What is refused would be refused again; whatever of it is still to be told the machine has.
async function refused(words) {
  await keep({ told: [], hello: "" });
  throw Object.assign(new Error("refused"), { words });
}

async function keep(changes) {
  item = { ...item, ...changes };
  await save(item);
}

function hasToHandIn() {
  return item.told.length + item.pictures.length > 0;
}

function isKept(frame) {
  return part(frame, 0).typ === "privyseal-kept";
}

function isAcknowledgement(frame) {
  return part(frame, 0).typ === "privyseal-acknowledgement";
}

// To a hello of before the time is told too, which its machine takes no more.
function isNoNews(frame) {
  return isAcknowledgement(frame) || (part(frame, 0).typ === "privyseal-order" && part(frame, 1).type === "time");
}

function part(frame, place) {
  return JSON.parse(atob(frame.split(".")[place].replaceAll("-", "+").replaceAll("_", "/")));
}

function wordOf(error) {
  if (error.words) return error.words;
  if (error.name === "NotFoundError") return "not-found";
  if (error.name === "SecurityError" || error.name === "NotAllowedError") return "not-allowed";
  if (error.name === "QuotaExceededError") return "unkept";
  return ["broken", "other", "signed-out"].includes(error.message) ? error.message : "lost";
}

function moved(have, all) {
  bar.hidden = false;
  bar.max = all;
  bar.value = have;
}

// One of the page's sentences, or the server's own words.
function say(what) {
  const sentence = said.querySelector(`[data-when="${CSS.escape(what)}"]`);
  for (const each of said.children) each.hidden = each !== sentence;
  const own = said.querySelector(".own");
  own.hidden = Boolean(sentence);
  own.textContent = sentence ? "" : what;
  said.hidden = false;
  said.className = `carry-said notice ${sentence?.dataset.tone ?? "refused"}`;
}

function show() {
  const counts = { told: item?.told.length ?? 0, answers: item?.answers.length ?? 0, pictures: item?.pictures.length ?? 0 };
  for (const each of place.querySelectorAll("[data-count]")) {
    const count = counts[each.dataset.count];
    each.hidden = !count;
    each.textContent = each.dataset.words.replace("{n}", String(count));
  }
  handIn.hidden = !item?.told.length && !item?.hello && !item?.pictures.length;
}
