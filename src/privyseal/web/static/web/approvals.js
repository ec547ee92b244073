// The approvals that came along with a receipt, looked at by the second checker: those that the use names, each signed.
// Needs nothing but the browser it runs in, and asks nobody.
import { Refused, bytes, factOf, hex, sha256, utf8 } from "./receipt.js";

const HEADER = "privyseal/receipt-with-approvals@v1";
const MOST = 1200;
const LONGEST = 200000;
const EC = "3059301306072a8648ce3d020106082a8648ce3d030107034200"; // what a P-256 key begins with in DER
const ED = "302a300506032b6570032100";

// Return the receipt, and the lines that came along with it.
export function split(text) {
  if (!text.startsWith(`${HEADER}\n`)) return { receipt: text, lines: [] };
  const end = text.indexOf("\n\n");
  const lines = (end < 0 ? text : text.slice(0, end)).split("\n").slice(1);
  if (end < 0 || lines.length === 0 || lines.length > MOST || lines.some((line) => [...line].length > LONGEST)) throw new Refused("receipt-unreadable");
  return { receipt: text.slice(end + 2), lines };
}

// Return each yes of a use that its receipt proved, or throw Refused with the code that the first checker gives as well.
export async function checkApprovals(fact, lines) {
  const read = lines.map(readLine);
  // (1) those that the fact names, in its order
  const digests = await Promise.all(read.map(async ({ yes }) => hex(await sha256(utf8(yes)))));
  const named = fact.data?.votes;
  const isSame = Array.isArray(named) && named.length === digests.length && named.every((one, at) => one === digests[at]);
  if (!isSame || !fact.subjects) throw new Refused("approvals-differ");
  return Promise.all(read.map((one) => checked(fact.subjects, one)));
}

async function checked(subjects, { yes, key }) {
  const broken = new Refused("approval-broken");
  try {
    const { statement, assertions } = factOf(utf8(yes));
    const [assertion] = assertions;
    const said = factOf(utf8(statement));
    // (2) to this use of this seal: by itself, as what was added to it, or as a mandate
    const isAbout = [said.application, said.adds_to?.application ?? said.application].includes(subjects.application);
    if (assertions.length !== 1 || said.seal !== subjects.seal || !(isAbout || said.decision === "mandate")) throw broken;
    // (3) signed by the key that came along
    const asked = await sha256(utf8("privyseal/approval/v1\0"), utf8(statement));
    const client = assertion.assurance === "passkey" ? await byPasskey(assertion, asked, key) : await vouched(assertion, asked, key);
    return {
      approver: assertion.approver,
      decision: said.decision,
      stage: said.stage,
      assurance: assertion.assurance,
      key_sha256: hex(await sha256(key)),
      origin: client.origin ?? "",
      is_software: "software" in client,
    };
  } catch {
    throw broken;
  }
}

async function byPasskey(assertion, asked, key) {
  const [data, clientData, signature] = [assertion.authenticator_data, assertion.client_data, assertion.signature].map(web);
  const client = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(clientData));
  const isAnswer = client.type === "webauthn.get" && hex(web(client.challenge)) === hex(asked);
  const isVerified = data.length >= 37 && (data[32] & 5) === 5; // there, and verified by finger, face or PIN
  const signed = joined(data, await sha256(clientData));
  if (!isAnswer || !isVerified || !(await verifies(key, signature, signed))) throw new Error("not said");
  return client;
}

async function vouched({ assurance, approver, signature }, asked, key) {
  const signed = joined(utf8(`privyseal/${assurance}/v1\0`), asked, utf8(approver));
  const isWord = assurance === "session" || assurance === "external";
  if (!isWord || !hex(key).startsWith(ED) || !(await verifies(key, bytes(signature, new Error("not said")), signed))) throw new Error("not said");
  return {};
}

async function verifies(key, signature, signed) {
  const kind = hex(key);
  if (kind.startsWith(ED)) {
    const known = await crypto.subtle.importKey("spki", key, "Ed25519", false, ["verify"]);
    return crypto.subtle.verify("Ed25519", known, signature, signed);
  }
  if (kind.startsWith(EC)) {
    const known = await crypto.subtle.importKey("spki", key, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, known, flat(signature), signed);
  }
  const known = await crypto.subtle.importKey("spki", key, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, ["verify"]);
  return known.algorithm.modulusLength >= 2048 && crypto.subtle.verify("RSASSA-PKCS1-v1_5", known, signature, signed);
}

// An ECDSA signature as browsers take it: both numbers of DER, 32 bytes each.
function flat(der) {
  const numbers = [];
  let at = 2;
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new Error("no signature");
  for (const place of [0, 32]) {
    const length = der[at + 1];
    const number = der.slice(at + 2, at + 2 + length);
    const digits = number[0] === 0 ? number.slice(1) : number;
    if (der[at] !== 2 || number.length !== length || digits.length > 32) throw new Error("no signature");
    numbers.push({ digits, end: place + 32 });
    at += 2 + length;
  }
  if (at !== der.length) throw new Error("no signature");
  const raw = new Uint8Array(64);
  for (const { digits, end } of numbers) raw.set(digits, end - digits.length);
  return raw;
}

function readLine(line) {
  const broken = new Refused("receipt-unreadable");
  const form = /^(?<key>[A-Za-z0-9+/]+={0,2}) (?<yes>\{.+\})$/s.exec(line);
  if (!form) throw broken;
  return { key: bytes(form.groups.key, broken), yes: form.groups.yes };
}

function web(text) {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat(-text.length & 3);
  return bytes(padded, new Error("no base64"));
}

function joined(...parts) {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
