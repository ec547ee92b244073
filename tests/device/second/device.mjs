// A second device, written from docs/device-protocol.md alone and in another language: a handheld with one seal, and its bench.
// node device.mjs FOLDER
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { canonical, claimed, eight, hmac, isOutside, joined, opened, publicJwk, read, scanned, sha256, signed, strict, tagged, textOf, thumbprint,
  timeOf, top, unwrapped, wrapped } from "./frames.mjs";
import { about, berth } from "./berth.mjs";
import { agent, asked } from "./way.mjs";

const FOLDER = process.argv[2];
const SERIAL = "SECOND-1";
const ZERO = "0".repeat(64);
const MINUTES = [5, 15, 30, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880, 4320, 10080, 20160];
const COUNTS = [...Array(50).keys()].map((n) => n + 1).concat([60, 70, 80, 90, 100, 120, 150, 200, 250, 300, 400, 500, 750, 999]);
const KINDS = ["use", "take-out", "service", "lock"];
const TICKET = ["v", "ticket", "device", "seal", "permit", "mode", "operators", "impressions", "confirmations",
  "opens_at", "closes_at", "place", "document", "policy", "epoch"];
const LOCKING = ["tamper", "emergency-key", "seal-missing"];

// --- disk, and the parts that are not there ---

function save(name, value) {
  const file = path.join(FOLDER, name);
  const handle = fs.openSync(`${file}.new`, "w");
  fs.writeSync(handle, JSON.stringify(value));
  fs.fsyncSync(handle);
  fs.closeSync(handle);
  fs.renameSync(`${file}.new`, file);
}
const load = (name, other) => (fs.existsSync(path.join(FOLDER, name)) ? JSON.parse(fs.readFileSync(path.join(FOLDER, name))) : other);
const newKey = () => crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type: "pkcs8" });

fs.mkdirSync(FOLDER, { recursive: true });
const own = load("own.json", { key: newKey(), agreement: newKey(), told: null, address: "" });
const parts = load("parts.json", { counter: 0, seal: "", place: null, jams: 0, cut: "", clock: 0, camera: true, network: true, power: true });
let kept = load("kept.json", null);
const pictures = new Map();
const hellos = new Map();
class PowerCut extends Error {}
const now = () => Date.now() + parts.clock * 1000;
const keep = (changes) => {
  const next = { ...kept, ...changes };
  save("kept.json", next);
  kept = next;
};
function tell(type, said, changes = {}, ticket = kept.session?.ticket ?? "") {
  const event = { v: 1, device: SERIAL, number: kept.number + 1, previous: kept.digest, type, at: textOf(now()), ticket, said };
  const digest = sha256(canonical(event)).toString("hex");
  keep({ seen: Math.max(kept.seen, now()), ...changes, number: event.number, digest, unsent: [...kept.unsent, event] });
}

// --- counting ---

function account() {
  let more = parts.counter - kept.counter;
  const session = kept.session;
  if (more > 0 && session?.phase === "reserved") {
    const counter = kept.counter + 1;
    tell("fired", { impression: session.impression, counter }, { session: { ...session, phase: "fired" }, counter });
    more -= 1;
  }
  if (more > 0) tell("excess", { counter: parts.counter, by: more }, { counter: parts.counter });
}
function start() {
  if (!kept || !parts.power) return;
  tell("started", { counter: parts.counter, locked: kept.locked }, shows(""), "");
  account();
  look();
}
function allowed() {
  const session = kept.session;
  if (!session) return null;
  if (kept.tickets[session.ticket]) return kept.tickets[session.ticket];
  const grant = kept.grant;
  return {
    impressions: grant.kind === 0 ? grant.count : 0, confirmations: 0, place: null, seal: own.told.seals[0],
    opens_at: textOf(grant.slot * 1800000), closes_at: textOf(grant.slot * 1800000 + grant.minutes * 60000),
  };
}
const spent = (uid) => kept.spent[uid] ?? 0;
const isDoubted = () => now() < kept.seen - 120000;
const first = (reasons) => reasons.find(([, holds]) => holds)?.[0] ?? null;

function cannotOpen(uid, operator) {
  const ticket = kept.tickets[uid];
  if (kept.withdrawn.includes(uid)) return "withdrawn";
  if (!ticket) return "no-ticket";
  return first([
    ["locked", kept.locked], ["clock", isDoubted()], ["busy", kept.session], ["early", now() < timeOf(ticket.opens_at)],
    ["late", now() >= timeOf(ticket.closes_at)], ["not-the-operator", !ticket.operators.includes(operator)],
    ["used-up", spent(uid) >= ticket.impressions], ["place", isOutside(ticket.place, parts.place)], ["other-kind", ticket.mode === "hand"],
    ["wrong-seal", parts.seal !== ticket.seal],
  ]);
}
function open(uid, operator) {
  const reason = cannotOpen(uid, operator);
  if (reason) {
    tell(reason === "wrong-seal" ? "wrong-seal" : "refused", { reason, operator }, {}, uid);
    return `no ${reason}`;
  }
  tell("session-opened", { operator, policy: kept.tickets[uid].policy }, { session: { ticket: uid, operator, impression: 0, phase: "", by: [], picture: "" } }, uid);
  return "ok";
}
function reserve() {
  const session = kept.session;
  const ticket = allowed();
  if (!ticket) return "no-session";
  const reason = first([
    ["withdrawn", kept.withdrawn.includes(session.ticket)], ["clock", isDoubted()],
    ["late", now() < timeOf(ticket.opens_at) || now() >= timeOf(ticket.closes_at)],
    ["used-up", spent(session.ticket) >= ticket.impressions], ["place", isOutside(ticket.place, parts.place)],
  ]);
  if (reason) return reason;
  const impression = (kept.begun[session.ticket] ?? 0) + 1;
  tell("reserved", { impression }, {
    session: { ...session, impression, phase: "reserved", by: [], picture: "" },
    begun: { ...kept.begun, [session.ticket]: impression },
    spent: { ...kept.spent, [session.ticket]: spent(session.ticket) + 1 },
  });
  return null;
}
function down() {
  if (parts.cut === "reserved") powerCut();
  if (parts.jams) parts.jams -= 1;
  else parts.counter += 1;
  save("parts.json", parts);
  if (parts.cut === "fired") powerCut();
}
function powerCut() {
  Object.assign(parts, { cut: "", power: false });
  save("parts.json", parts);
  throw new PowerCut();
}
// What lies there is known by its last picture, until power went or another one was tried: then nobody agreed yet.
const shows = (picture) => (kept.session?.phase === "reserved" ? { session: { ...kept.session, picture, by: [] } } : {});
function photograph() {
  const impression = kept.session?.impression ?? 0;
  if (!parts.camera) return tell("photographed", { impression, failed: true }, shows(""));
  const picture = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), crypto.randomBytes(400), Buffer.from([0xff, 0xd9])]);
  const digest = sha256(picture).toString("hex");
  pictures.set(digest, picture);
  return tell("photographed", { impression, failed: false, sha256: digest, bytes: picture.length }, shows(digest));
}
function press() {
  if (!kept.session?.impression) {
    const reason = reserve();
    if (reason) return `no ${reason}`;
  }
  const ticket = allowed();
  if (kept.session.phase === "reserved") {
    const reason = first([
      ["not-confirmed", kept.session.by.length < ticket.confirmations], ["locked", kept.locked],
      ["withdrawn", kept.withdrawn.includes(kept.session.ticket)], ["clock", isDoubted()], ["late", now() >= timeOf(ticket.closes_at)],
      ["place", isOutside(ticket.place, parts.place)], ["wrong-seal", parts.seal !== ticket.seal],
    ]);
    if (reason === "not-confirmed" && !kept.session.picture) photograph();
    if (reason) return `no ${reason}`;
    down();
    account();
    if (kept.session.phase !== "fired") {
      alarm("jam");
      release("jam");
      return "no jam";
    }
  }
  photograph();
  tell("committed", { impression: kept.session.impression, counter: kept.counter }, { session: { ...kept.session, impression: 0, phase: "" } });
  return "ok";
}
function release(reason) {
  const { ticket: uid, impression } = kept.session;
  tell("released", { impression, reason }, {
    session: { ...kept.session, impression: 0, phase: "" }, spent: { ...kept.spent, [uid]: spent(uid) - 1 },
  });
}
function close() {
  if (!kept.session) return "no no-session";
  if (kept.session.impression && kept.session.phase === "reserved") release("not stamped");
  if (kept.session.impression) return "no impression-open";
  tell("session-closed", { reason: "done" }, { session: null }, kept.session.ticket);
  return "ok";
}
function alarm(kind) {
  const locked = kept.locked || LOCKING.includes(kind);
  tell("alarm", { kind, since: textOf(now()), counter: kept.counter, locked }, LOCKING.includes(kind) ? { locked, lockedBy: kept.number + 1 } : {});
}
function look() {
  const meant = kept.mounted;
  const before = kept.tag;
  if (parts.seal === before) return;
  if (before) {
    tell("seal-taken", { slot: 1, seal: before }, { tag: parts.seal });
    if (before !== allowed()?.seal) alarm("seal-missing");
  }
  if (parts.seal && parts.seal === meant) tell("seal-returned", { slot: 1, seal: parts.seal }, { tag: parts.seal });
  else if (parts.seal) tell("wrong-seal", { reason: "not-meant", slot: 1, seal: parts.seal }, { tag: parts.seal });
}

// --- codes ---

const holder = () => [SERIAL, kept.mounted];
function tagOf(voice, sequence, slot, payload) {
  const said = joined(...holder(), eight(own.told.epoch), eight(sequence), eight(slot), eight(payload));
  return top(36, hmac(codeKey(), tagged(`privyseal/uc20/tag/${voice}`, said)));
}
const codeKey = () => Buffer.from(own.codeKey, "hex");
function decode(digits) {
  if (!/^[0-9]{20}$/.test(digits)) return null;
  const value = BigInt(digits);
  if (value >> 66n) return null;
  const tag = value >> 30n;
  const payload = Number((value & 0x3fffffffn) ^ top(30, hmac(codeKey(), tagged("privyseal/uc20/mask", eight(tag)))));
  const low = (from, bits, size) => from + (((bits - from) % size) + size) % size;
  const sequence = low(kept.newest - 63, (payload >> 20) & 255, 256);
  const slot = low(Math.floor(now() / 1800000) - 703, (payload >> 10) & 1023, 1024);
  if (sequence < 1 || sequence > kept.newest + 127 || sequence > 4294967295) return null;
  const voice = [0, 1].find((one) => tagOf(one, sequence, slot, payload) === tag);
  if (voice === undefined || payload >> 28 === 1) return null;
  return { voice, sequence, slot, kind: payload >> 28, minutes: MINUTES[(payload >> 6) & 15], count: COUNTS[payload & 63] };
}
const grantUid = (sequence) =>
  sha256(tagged("privyseal/uc20/grant", joined(...holder(), eight(own.told.epoch), eight(sequence)))).toString("hex").slice(0, 32);
function code(digits) {
  if (kept.locked || isDoubted() || parts.seal !== kept.mounted) return "no locked-out";
  if (kept.session) return "no open";
  const say = (answer, grant, changes) => {
    const said = { answer, sequence: grant?.sequence ?? 0, ...(changes.locked ? { locked: true } : {}) };
    tell("code-entered", said, changes, grant ? grantUid(grant.sequence) : "");
    return answer === "accepted" ? "ok" : `no ${answer}`;
  };
  if (now() < kept.waits) return say("locked-out", null, {});
  if (kept.grant) return say("open", kept.grant, {});
  const grant = decode(digits);
  if (!grant) {
    const wrong = kept.wrong + 1;
    const seconds = wrong < 5 ? 0 : Math.min(60 * 2 ** Math.min(wrong - 5, 16), 86400);
    return say("wrong", null, { wrong, waits: now() + seconds * 1000 });
  }
  if (kept.taken.includes(grant.sequence)) return say("used", grant, {});
  const opens = grant.slot * 1800000;
  if (now() < opens) return say("early", grant, {});
  if (now() >= opens + grant.minutes * 60000) return say("late", grant, {});
  const newest = Math.max(kept.newest, grant.sequence);
  const changes = { newest, taken: [...kept.taken, grant.sequence].filter((one) => one > newest - 64), wrong: 0 };
  if (grant.voice === 1) {
    say("duress", grant, changes);
    return "ok";
  }
  const session = { ticket: grantUid(grant.sequence), operator: "", impression: 0, phase: "", by: [], picture: "" };
  const locking = KINDS[grant.kind] === "lock" ? { locked: true, lockedBy: kept.number + 1 } : {};
  return say("accepted", grant, { ...changes, grant, session, ...locking });
}
function receipt() {
  if (!kept.grant || kept.session) return "no none";
  const { sequence } = kept.grant;
  const uid = grantUid(sequence);
  const used = spent(uid);
  const bits = (name, size, ...rest) => {
    const [serial, seal] = holder();
    return top(size, hmac(codeKey(), tagged("privyseal/rc12", joined(name, serial, seal, eight(own.told.epoch), eight(sequence), ...rest))));
  };
  const tag = bits("tag", 15, eight(used));
  const head = bits("head", 14, Buffer.from(kept.digest, "hex"));
  const digits = String((((tag << 14n) | head) << 10n) | BigInt(used)).padStart(12, "0");
  tell("receipt-shown", { used, receipt: digits }, { grant: null }, uid);
  return `ok ${digits}`;
}

// --- what it is told ---

function take(text) {
  const typ = claimed(text);
  const by = { "privyseal-ticket": own.told.signer, "privyseal-order": own.told.signer }[typ] ?? own.told.gateway;
  const said = opened(text, typ, by);
  if (said.device !== SERIAL || (said.v !== 1 && typ !== "privyseal-ticket")) throw new Error("for another");
  if (typ === "privyseal-ticket") return takeTicket(said);
  if (typ === "privyseal-acknowledgement") {
    const at = kept.unsent.findIndex((event) => event.number === said.number);
    if (at >= 0 && sha256(canonical(kept.unsent[at])).toString("hex") === said.digest) keep({ unsent: kept.unsent.slice(at + 1) });
    return null;
  }
  if (typ === "privyseal-kept") return void pictures.delete(said.sha256);
  const names = { "privyseal-order": "orders", "privyseal-request": "requests" }[typ];
  if (!names || !Number.isSafeInteger(said.number) || said.number <= kept[names]) return null;
  const at = said.said;
  const ahead = kept.ahead ?? [];
  const isDone = names === "requests" && ahead.includes(said.number);
  let number = { [names]: said.number };
  if ((at.after ?? 0) > kept[names]) {  // one before it is lacking: what is toward safety is done at once, once
    if (isDone || names !== "requests" || !["lock", "withdraw"].includes(said.type)) return null;
    number = { ahead: [...ahead, said.number].slice(-64) };
  } else if (names === "requests") {
    number.ahead = ahead.filter((one) => one > said.number);
    if (isDone) return keep(number);
  }
  const acts = {
    "orders unlock": () => (kept.lockedBy > at.until ? keep(number) : tell("unlocked", {}, { ...number, locked: false })),
    "orders time": () => {
      const isAsked = now() - (hellos.get(at.asked) ?? -Infinity) <= 60000;
      hellos.clear();
      if (!isAsked) return keep(number);
      tell("clock-set", { at: at.at }, { ...number, seen: timeOf(at.at) });
      part({ clock: (timeOf(at.at) - Date.now()) / 1000 });
    },
    "orders mount": () => tell("mounted", { slot: at.slot, seal: at.seal }, { ...number, mounted: at.slot === 1 ? at.seal : kept.mounted }),
    "orders confirm": () => {
      const session = kept.session;
      const isMeant = session?.phase === "reserved" && session.picture && session.ticket === at.ticket
        && session.impression === at.impression && session.picture === at.picture;
      keep({ ...number, session: isMeant ? { ...session, by: [...new Set([...session.by, at.by])] } : session });
    },
    "requests lock": () => tell("locked", {}, { ...number, locked: true, lockedBy: kept.number + 1 }),
    "requests find": () => tell("found", {}, number),
    "requests health": () => health(number),
    "requests withdraw": () => tell("withdrawn", { ticket: at.ticket }, { ...number, withdrawn: [...kept.withdrawn, at.ticket] }),
  };
  return acts[`${names} ${said.type}`]?.();
}
function scan(digits) {
  const text = scanned(digits);
  if (claimed(text) !== "privyseal-ticket") return "no frame-broken";
  take(text);
  const { ticket: uid } = read(strict(text.split(".")[1]));
  return kept.tickets[uid] && !kept.withdrawn.includes(uid) ? `ok ${uid}` : "no not-taken";
}
function health(changes) {
  const said = { counter: kept.counter, locked: kept.locked, clock: isDoubted() ? "doubted" : "sure", door: "shut", scanner: true, by_picture: true };
  tell("health", said, { ...changes, health: now() });
}
function takeTicket(said) {
  const members = TICKET.filter((one) => said.v === 2 || one !== "epoch").sort().join();
  if (![1, 2].includes(said.v) || Object.keys(said).sort().join() !== members || said.impressions < 1 || (["one", "hand"].includes(said.mode) && said.impressions > 1) || !said.operators.length) throw new Error("no ticket");
  if (timeOf(said.opens_at) >= timeOf(said.closes_at)) throw new Error("no window");
  if (said.v === 1 ? own.told.tickets === 2 : said.epoch !== own.told.epoch) return;
  if (kept.tickets[said.ticket] || kept.withdrawn.includes(said.ticket) || Object.keys(kept.tickets).length >= 200) return;
  keep({ tickets: { ...kept.tickets, [said.ticket]: said } });
}

// --- the gateway ---

const post = (where, said, ca) =>
  asked("POST", own.address + where, Buffer.from(JSON.stringify(said)), { "Content-Type": "application/json" }, ca);
const ca = () => `-----BEGIN CERTIFICATE-----\n${own.told.ca.match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`;

async function enrol(address, typed) {
  const letters = typed.toUpperCase().replace(/[ -]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const secret = sha256(tagged("privyseal/enrolment/code", Buffer.from(letters)));
  const [key, agreement] = [publicJwk(own.key), publicJwk(own.agreement)];
  const said = joined(SERIAL, "handheld", eight(1), thumbprint(key), thumbprint(agreement));
  const proof = hmac(secret, tagged("privyseal/enrolment/asked", said)).toString("hex");
  own.address = address;
  const asking = { v: 1, tickets: 2, device: SERIAL, kind: "handheld", slots: 1, model: "Second", firmware: "1", key, agreement, at: textOf(now()), proof };
  const answer = await post("/v1/enrolment", { frame: signed("privyseal-enrolment", asking, own.key) });
  if (answer.status !== 200) return `no ${answer.said.code}`;
  const { frame } = answer.said;
  const right = hmac(secret, tagged("privyseal/enrolment/answered", joined(SERIAL, sha256(frame)))).toString("hex");
  if (answer.said.proof !== right) return "no not-proved";
  become(frame, read(strict(frame.split(".")[1])).signer);
  part({ seal: own.told.seals[0], clock: (timeOf(own.told.at) - Date.now()) / 1000 });
  kept = {
    number: 0, digest: ZERO, unsent: [], tickets: {}, withdrawn: [], begun: {}, spent: {}, session: null, counter: parts.counter,
    orders: Math.floor(timeOf(own.told.at) / 1000) - 1, requests: 0, ahead: [], locked: false, lockedBy: 0, seen: 0, health: now(), place: 0, newest: 0, taken: [], wrong: 0, waits: 0, grant: null, mounted: parts.seal, tag: parts.seal,
  };
  start();
  return "ok";
}
function become(frame, signer) {
  const told = opened(frame, "privyseal-enrolled", signer);
  if (told.device !== SERIAL) throw new Error("for another");
  own.told = told;
  own.codeKey = unwrapped(told.code_key, crypto.createPrivateKey(own.agreement)).toString("hex");
  save("own.json", own);
}
async function renew() {
  const said = { v: 1, device: SERIAL, kind: "handheld", key: publicJwk(own.key), agreement: publicJwk(own.agreement), at: textOf(now()) };
  const answer = await post("/v1/renewal", { frame: signed("privyseal-renewal", said, own.key) }, ca());
  if (answer.status !== 200) return `no ${answer.said.code}`;
  become(answer.said.frame, own.told.signer);
  return "ok";
}
async function keepUp() {
  if (!kept || !parts.power) return "ok";
  if (Math.abs(now() - kept.health) >= 86400000) health({});
  const isFenced = Object.values(kept.tickets).some((one) => one.place && timeOf(one.opens_at) <= now() && now() < timeOf(one.closes_at));
  if (isFenced && parts.place && Math.abs(now() - kept.place) >= 600000) {
    tell("position", { latitude: parts.place[0], longitude: parts.place[1] }, { place: now() });
  }
  if (parts.network && now() >= timeOf(own.told.renew_at)) await renew().catch(() => null);
  return "ok";
}
let quiet = { until: 0, seconds: 0 };
function wait(answer) {
  const seconds = Math.max(answer.after ?? 0, Math.min(2 * quiet.seconds, 300));
  quiet = [429, 503].includes(answer.status) ? { until: now() + seconds * 1000, seconds } : { until: 0, seconds: 0 };
}
const eventsAfter = (after) => signed("privyseal-events", { v: 1, device: SERIAL, events: kept.unsent.slice(after, after + 64) }, own.key);
function hello() {
  const said = { v: 1, device: SERIAL, at: textOf(now()), known: kept.number, orders: kept.orders, requests: kept.requests,
    tickets: Object.keys(kept.tickets), wait: 0 };
  const text = signed("privyseal-hello", said, own.key);
  hellos.set(sha256(text).toString("hex"), now());
  return text;
}
let carrier = false;
const phone = berth(take, () => {
  const ahead = [...Array(Math.min(15, Math.ceil(kept.unsent.length / 64))).keys()];
  return [...ahead.map((each) => eventsAfter(each * 64)), hello()];
}, () => [...pictures].map(([digest, picture]) => {
  const made = carriedPictures.get(digest) ?? [itsOwn(digest, picture), wrapped(picture, own.told.gateway)];
  carriedPictures.set(digest, made);
  return made;
}));
const carriedPictures = new Map();
const itsOwn = (digest, picture) =>
  signed("privyseal-picture", { v: 1, device: SERIAL, sha256: digest, bytes: picture.length }, own.key);
async function exchange() {
  if (kept && quiet.until > now() && quiet.until - now() <= quiet.seconds * 1000) return "ok";
  for (let sent = 0; kept && parts.power && parts.network; ) {
    const some = kept.unsent.slice(0, 64);
    const frames = [...(some.length ? [eventsAfter(0)] : []), hello()];
    const answer = await post("/v1/frames", { frames }, ca()).catch(() => ({ status: 503, said: {} }));
    wait(answer);
    for (const text of answer.said.frames ?? []) {
      try { take(text); } catch { /* a frame that is broken or forged is not taken */ }
    }
    if (!some.length || some[0].number === sent || answer.status >= 429) break;
    sent = some[0].number;
  }
  for (const [digest, picture] of pictures) {
    if (!parts.network) break;
    const headers = { "Content-Type": "image/jpeg", Authorization: `Privyseal ${itsOwn(digest, picture)}` };
    const answer = await asked("PUT", `${own.address}/v1/pictures/${digest}`, picture, headers, ca()).catch(() => ({ status: 503 }));
    if (answer.status === 200 || answer.status === 201) pictures.delete(digest);
  }
  return "ok";
}

// --- the bench ---

const part = (changes) => { Object.assign(parts, changes); save("parts.json", parts); return "ok"; };
const at = (act) => (kept && parts.power ? act() ?? "ok" : "no off");
const BENCH = {
  enrol, renew,
  sync: keepUp,
  open: (uid, operator) => at(() => open(uid, operator)),
  press: () => at(press),
  photograph: () => at(photograph),
  close: () => at(close),
  receipt: () => at(receipt),
  code: (digits) => at(() => code(digits)),
  carrier: (how) => { carrier = how === "on"; return `ok ${about(SERIAL).toString("hex")}`; },
  fragment: (hex) => at(() => (carrier ? ["ok", ...phone(Buffer.from(hex, "hex")).map((each) => each.toString("hex"))].join(" ") : "no no-carrier")),
  scan: (digits) => at(() => scan(digits)),
  mount: (slot, seal) => { part({ seal: seal === "-" ? "" : seal }); return at(look); },
  tamper: () => at(() => alarm("tamper")),
  key: () => at(() => alarm("emergency-key")),
  stamp: () => { part({ counter: parts.counter + 1 }); return at(account); },
  jam: () => part({ jams: 1 }),
  camera: (how) => part({ camera: how === "on" }),
  network: (how) => part({ network: how === "on" }),
  cut: (moment) => part(moment ? { cut: moment } : { power: false }),
  power: () => { if (!parts.power) { part({ power: true }); start(); } return "ok"; },
  clock: (seconds) => part({ clock: Number(seconds) }),
  place: (latitude, longitude) => part({ place: latitude === "-" ? null : [Number(latitude), Number(longitude)] }),
};
start();
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [word, ...rest] = line.trim().split(/\s+/);
  let answer = "unknown";
  try {
    if (BENCH[word]) answer = await BENCH[word](...rest);
  } catch (error) {
    answer = error instanceof PowerCut ? "no off" : `no ${error.message}`;
  }
  await exchange();
  process.stdout.write(`${answer}\n`);
}
agent.destroy();
