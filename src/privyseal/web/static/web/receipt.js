// A second checker of receipts, written apart from the first: C2SP tlog-proof, signed-note, tlog-cosignature, RFC 9162.
// It needs nothing but the browser it runs in, and asks nobody.

const HEADER = "c2sp.org/tlog-proof@v1";
const MOST_CHARACTERS = 64000;
const LOG = 1; // the kind of a log's Ed25519 key
const COSIGNER = 4; // the kind of a cosigner's

export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// Return what the receipt proves, or throw Refused with the code that the first checker gives as well.
// `cosigners` are keys of those who may have seen the log; `needed` is "none", "any" or "all" of them.
export async function check(text, logKey, { cosigners = [], needed = "none" } = {}) {
  const log = await keyOf(logKey, LOG);
  const others = await Promise.all(cosigners.map((key) => keyOf(key, COSIGNER)));
  const receipt = read(text);
  const note = open(receipt.note);
  // (1) the log signed the checkpoint
  const [signature, ...more] = linesBy(note, log);
  if (!signature || more.length > 0 || !(await verifies(log, signature, utf8(note.text)))) throw new Refused("note-broken");
  const head = checkpoint(note.text);
  if (head.origin !== log.name) throw new Refused("note-broken");
  // (2) the fact stands at its index under the checkpoint's root
  await checkInclusion(receipt, head);
  // (3) those who were asked for saw this checkpoint
  const cosigned = {};
  for (const one of others) {
    const times = await Promise.all(linesBy(note, one).map((line) => timeOf(one, line, note.text)));
    if (times.length > 0) cosigned[one.name] = times.reduce((late, time) => (time > late ? time : late)).toString();
  }
  const seen = others.filter((one) => one.name in cosigned).length;
  const isMet = { none: true, any: seen > 0, all: seen > 0 && seen === others.length }[needed];
  if (!isMet) throw new Refused("cosignature-missing");
  return { fact: receipt.fact, index: Number(receipt.index), origin: head.origin, size: Number(head.size), cosigned };
}

// Return what a fact says, or throw: only the one form of RFC 8785 that the log takes is a fact.
export function factOf(fact) {
  const broken = new Refused("not-canonical");
  let text, said;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(fact);
    said = JSON.parse(text);
  } catch {
    throw broken;
  }
  const isObject = said !== null && typeof said === "object" && !Array.isArray(said);
  if (!isObject || canonical(said, broken) !== text) throw broken;
  return said;
}

function canonical(value, broken) {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw broken;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, broken)).join(",")}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name], broken)}`).join(",")}}`;
}

function read(text) {
  const broken = new Refused("receipt-unreadable");
  // Characters, as the first checker counts them: one outside the basic plane is one.
  if ([...text].length > MOST_CHARACTERS) throw broken;
  const end = text.indexOf("\n\n");
  if (end < 0) throw broken;
  const [header, extra, index, ...proof] = text.slice(0, end).split("\n");
  const note = text.slice(end + 2);
  const isRead =
    header === HEADER &&
    /^extra [A-Za-z0-9+/=]+$/.test(extra ?? "") &&
    /^index (0|[1-9][0-9]{0,17})$/.test(index ?? "") &&
    proof.length <= 63 &&
    proof.every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line)) &&
    note !== "";
  if (!isRead) throw broken;
  return {
    fact: bytes(extra.slice("extra ".length), broken),
    index: BigInt(index.slice("index ".length)),
    proof: proof.map((line) => bytes(line, broken)),
    note,
  };
}

// The text of a signed note, and each line below it as name, key id and what was signed.
function open(note) {
  const broken = new Refused("note-broken");
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0 || !note.endsWith("\n") || gap + 2 >= note.length) throw broken;
  const signatures = note.slice(gap + 2, -1).split("\n").map((line) => {
    const parts = line.split(" ");
    if (parts.length !== 3 || parts[0] !== "\u2014" || !isName(parts[1])) throw broken;
    const blob = bytes(parts[2], broken);
    if (blob.length < 5) throw broken;
    return { name: parts[1], id: hex(blob.slice(0, 4)), signed: blob.slice(4) };
  });
  return { text: note.slice(0, gap + 1), signatures };
}

function checkpoint(text) {
  const broken = new Refused("note-broken");
  const lines = text.split("\n");
  const isRead =
    lines.length >= 4 &&
    lines.at(-1) === "" &&
    lines.slice(0, -1).every((line) => line !== "") &&
    /^(0|[1-9][0-9]{0,17})$/.test(lines[1]);
  if (!isRead) throw broken;
  const root = bytes(lines[2], broken);
  if (root.length !== 32) throw broken;
  return { origin: lines[0], size: BigInt(lines[1]), root };
}

// RFC 9162, section 2.1.3.2.
async function checkInclusion({ fact, index, proof }, { size, root }) {
  if (index >= size) throw new Refused("proof-broken");
  let node = await sha256([0], fact);
  let position = index;
  let last = size - 1n;
  for (const sibling of proof) {
    if (last === 0n) throw new Refused("proof-broken");
    if (position % 2n === 1n || position === last) {
      node = await sha256([1], sibling, node);
      while (position % 2n === 0n && position !== 0n) {
        position >>= 1n;
        last >>= 1n;
      }
    } else {
      node = await sha256([1], node, sibling);
    }
    position >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n || hex(node) !== hex(root)) throw new Refused("proof-broken");
}

async function timeOf(cosigner, signed, text) {
  if (signed.length !== 72) throw new Refused("note-broken");
  const seconds = new DataView(signed.buffer, signed.byteOffset, 8).getBigUint64(0);
  const said = utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
  const isGood = seconds > 0n && seconds < 2n ** 63n && (await verifies(cosigner, signed.slice(8), said));
  if (!isGood) throw new Refused("note-broken");
  return seconds;
}

function linesBy(note, key) {
  return note.signatures.filter((one) => one.name === key.name && one.id === key.id).map((one) => one.signed);
}

// A key as its owner publishes it: name+id+base64(kind || key).
async function keyOf(text, kind) {
  const broken = new Refused("key-unreadable");
  const [name, id, ...rest] = text.trim().split("+");
  const typed = bytes(rest.join("+"), broken);
  if (!isName(name) || typed.length !== 33 || typed[0] !== kind) throw broken;
  if (id !== hex((await sha256(utf8(`${name}\n`), typed)).slice(0, 4))) throw broken;
  const key = await crypto.subtle.importKey("raw", typed.slice(1), "Ed25519", false, ["verify"]);
  return { name, id, key };
}

async function verifies({ key }, signature, message) {
  return signature.length === 64 && crypto.subtle.verify("Ed25519", key, signature, message);
}

// No white space and no plus, where white space is what the first checker takes for it.
function isName(name) {
  return name !== undefined && /^[^+\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/.test(name);
}

export async function sha256(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

// Strict: the letters of base64 in fours, as the first checker reads them.
export function bytes(base64, broken) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) throw broken;
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

export function utf8(text) {
  return new TextEncoder().encode(text);
}

export function hex(data) {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
