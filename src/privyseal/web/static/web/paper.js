// A second reader of signed codes on paper, written apart from the first: docs/paper-codes.md is all it knows.
// It needs nothing but the browser it runs in, and asks nobody.
import { Refused, hex, sha256 } from "./receipt.js";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const C40 = "    0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"; // the first letter of its basic set is the space, at 3
const HEADER = 17;
const SIGNATURE = 64;
const MOST = 600;
const MOST_LETTERS = 120;
const PRINTED = /^(?: |[^\p{C}\p{Z}])*$/u;
const AMOUNT = /^(?:|(?:0|[1-9][0-9]{0,14})\.[0-9]{2})$/;

// Return what a code says, or throw Refused with the code that the first reader gives as well.
// `keys` are those that the house publishes for codes on paper.
export async function check(text, keys) {
  const { said, signed, payload, signature } = read(text);
  const key = keys.find((one) => one.kid === said.certificate);
  if (!key) throw new Refused("paper-code-of-another");
  const isOfItsDays = Date.parse(key.not_before) <= said.at * 1000 && said.at * 1000 <= Date.parse(key.not_after);
  const { kty, crv, x, y } = key;
  const known = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const message = new Uint8Array([...signed, ...(await sha256(payload))]);
  const isSigned = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, known, signature, message);
  if (!isOfItsDays || !isSigned) throw new Refused("paper-code-forged");
  return said;
}

// Return what stands in a code, in the one form that it may have, or throw; nothing is said of its signature.
export function read(text) {
  const code = bytesOf(text.trim().replace(/\/+$/, "").split("/").at(-1).toUpperCase());
  const length = code.length < HEADER ? NaN : code[15] * 256 + code[16];
  if (code.length > MOST || code.length !== HEADER + length + SIGNATURE) throw unreadable();
  if (hex(code.slice(0, 2)) !== "dc04" || hex(code.slice(8, 11)) !== "505301") throw unreadable();
  const payload = code.slice(HEADER, HEADER + length);
  const take = taker(payload);
  const said = {
    certificate: certificateIn(code.slice(2, 8)),
    at: new DataView(code.buffer).getUint32(11),
    use: hex(octets(take, 16)),
    document: hex(octets(take, 20)),
    company: words(take),
    uscc: words(take),
    seal: words(take),
    pages: number(take),
    amount: words(take),
  };
  const names = [said.company, said.uscc, said.seal];
  const isSound = names.every((name) => [...name].length <= MOST_LETTERS && PRINTED.test(name)) && AMOUNT.test(said.amount);
  if (!isSound || take.left() > 0) throw unreadable();
  return { said, signed: code.slice(0, HEADER), payload, signature: code.slice(HEADER + length) };
}

function unreadable() {
  return new Refused("paper-code-unreadable");
}

function bytesOf(letters) {
  if (!/^[A-Z2-7]+$/.test(letters) || letters.length * 5 > MOST * 8 + 8 || [1, 3, 6].includes(letters.length % 8)) throw unreadable();
  const found = [];
  let [bits, many] = [0, 0];
  for (const letter of letters) {
    bits = (bits << 5) | BASE32.indexOf(letter);
    many += 5;
    if (many < 8) continue;
    many -= 8;
    found.push(bits >> many);
    bits &= (1 << many) - 1;
  }
  if (bits) throw unreadable();
  return new Uint8Array(found);
}

function certificateIn(packed) {
  const letters = [0, 2, 4].flatMap((at) => {
    const three = packed[at] * 256 + packed[at + 1] - 1;
    const values = [Math.floor(three / 1600), Math.floor(three / 40) % 40, three % 40];
    if (values.some((value) => !(value >= 3 && value < C40.length))) throw unreadable();
    return values.map((value) => C40[value]);
  });
  const name = letters.slice(0, 8).join("");
  if (letters[8] !== " " || !/^[A-Z2-7]{8}$/.test(name)) throw unreadable();
  return name;
}

// MessagePack, value after value, each in its shortest form.
function taker(payload) {
  let at = 0;
  const take = (length) => {
    at += length;
    if (at > payload.length) throw unreadable();
    return payload.slice(at - length, at);
  };
  take.left = () => payload.length - at;
  return take;
}

function octets(take, length) {
  const [kind, said] = take(2);
  if (kind !== 0xc4 || said !== length) throw unreadable();
  return take(length);
}

function words(take) {
  const [first] = take(1);
  const isLong = first === 0xd9;
  const length = isLong ? take(1)[0] : first - 0xa0;
  if (isLong ? length < 32 : length < 0 || length > 31) throw unreadable();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(take(length));
  } catch {
    throw unreadable();
  }
}

function number(take) {
  const [first] = take(1);
  if (first < 128) return first;
  const value = { 0xcc: () => take(1)[0], 0xcd: () => new DataView(take(2).buffer).getUint16(0) }[first]?.();
  if (value === undefined || value < (first === 0xcc ? 128 : 256)) throw unreadable();
  return value;
}
