// Bytes and frames of docs/device-protocol.md, with nothing but what node brings.
import crypto from "node:crypto";
import zlib from "node:zlib";

// --- bytes ---

export function canonical(value) {
  if (value === null || typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error("not a whole number");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}
export const b64 = (data) => Buffer.from(data).toString("base64url");
export const sha256 = (data) => crypto.createHash("sha256").update(data).digest();
export const hmac = (key, data) => crypto.createHmac("sha256", key).update(data).digest();
export function eight(number) {
  const data = Buffer.alloc(8);
  data.writeBigUInt64BE(BigInt(number));
  return data;
}
export function joined(...parts) {
  return Buffer.concat(parts.flatMap((part) => {
    const data = Buffer.from(part);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(data.length);
    return [length, data];
  }));
}
export const tagged = (name, data) => Buffer.concat([Buffer.from(name), Buffer.from([0]), data]);
export const top = (bits, data) => data.readBigUInt64BE(0) >> BigInt(64 - bits);
export const textOf = (at) => new Date(at).toISOString().replace("Z", "000Z");
export function timeOf(text) {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text)) throw new Error("no time");
  return Date.parse(text.slice(0, 23) + "Z");
}
export function read(data) {
  const text = Buffer.from(data).toString("utf8");
  const value = JSON.parse(text);
  if (value === null || typeof value !== "object" || Array.isArray(value) || canonical(value) !== text) throw new Error("not canonical");
  return value;
}
export function strict(part) {
  const data = Buffer.from(part, "base64url");
  if (b64(data) !== part) throw new Error("not base64url");
  return data;
}

// --- frames ---

export const publicJwk = (key) => {
  const { crv, kty, x, y } = crypto.createPublicKey(key).export({ format: "jwk" });
  return { crv, kty, x, y };
};
export const thumbprint = (jwk) => b64(sha256(canonical(jwk)));
export function signed(typ, said, key) {
  const header = b64(canonical({ alg: "ES256", kid: thumbprint(publicJwk(key)), typ }));
  const body = `${header}.${b64(canonical(said))}`;
  return `${body}.${b64(crypto.sign("sha256", Buffer.from(body), { key, dsaEncoding: "ieee-p1363" }))}`;
}
export function opened(text, typ, jwk) {
  const parts = text.split(".");
  if (text.length > 262144 || parts.length !== 3) throw new Error("no frame");
  const header = JSON.parse(strict(parts[0]).toString());
  if (canonical(header) !== canonical({ alg: "ES256", kid: thumbprint(jwk), typ })) throw new Error("by another");
  const key = { key: crypto.createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  if (!crypto.verify("sha256", Buffer.from(`${parts[0]}.${parts[1]}`), key, strict(parts[2]))) throw new Error("forged");
  return read(strict(parts[1]));
}
export const claimed = (text) => JSON.parse(strict(text.split(".")[0]).toString()).typ;
function agreed(key, jwk) {
  const shared = crypto.diffieHellman({ privateKey: key, publicKey: crypto.createPublicKey({ key: jwk, format: "jwk" }) });
  const number = (value) => Buffer.from([0, 0, value >> 8, value & 255]);
  const about = Buffer.concat([number(7), Buffer.from("A256GCM"), number(0), number(0), number(256)]);
  return sha256(Buffer.concat([number(1), shared, about]));
}
export function wrapped(data, jwk) {
  const ours = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const epk = publicJwk(ours.export({ format: "pem", type: "pkcs8" }));
  const head = b64(canonical({ alg: "ECDH-ES", enc: "A256GCM", epk }));
  const nonce = crypto.randomBytes(12);
  const sealing = crypto.createCipheriv("aes-256-gcm", agreed(ours, jwk), nonce);
  sealing.setAAD(Buffer.from(head));
  const sealed = Buffer.concat([sealing.update(data), sealing.final()]);
  return [head, "", b64(nonce), b64(sealed), b64(sealing.getAuthTag())].join(".");
}
export function unwrapped(text, key) {
  const [head, none, nonce, sealed, tag] = text.split(".");
  const header = JSON.parse(strict(head).toString());
  if (none !== "" || header.alg !== "ECDH-ES" || header.enc !== "A256GCM") throw new Error("another algorithm");
  const opening = crypto.createDecipheriv("aes-256-gcm", agreed(key, header.epk), strict(nonce));
  opening.setAAD(Buffer.from(head));
  opening.setAuthTag(strict(tag));
  return Buffer.concat([opening.update(strict(sealed)), opening.final()]);
}

// --- places ---

export function isOutside(place, where) {
  if (!place) return false;
  if (!where) return true;
  const rad = Math.PI / 180e6;
  const north = (where[0] - place.latitude) * rad;
  const east = (where[1] - place.longitude) * rad * Math.cos(place.latitude * rad);
  return Math.hypot(north, east) * 6371000 > place.metres;
}

// --- a ticket by QR code ---

const WORDS = Buffer.from('{"alg":"ES256","kid":"","typ":"privyseal-ticket"}{"closes_at":"2026-01-01T00:00:00.000000Z","confirmations":0,"device":"","document":"","impressions":1,"mode":"counted","operators":[""],"opens_at":"2026-01-01T00:00:00.000000Z","permit":"","place":null,"policy":1,"seal":"","ticket":"","v":1}{"latitude":,"longitude":,"metres":}');
export function scanned(digits) {
  if (!/^[1-9][0-9]{0,2999}$/.test(digits)) throw new Error("frame-broken");
  const hex = BigInt(digits).toString(16);
  const data = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
  if (data[0] !== 1) throw new Error("frame-broken");
  const said = zlib.inflateSync(data.subarray(65), { dictionary: WORDS, maxOutputLength: 4096 });
  const end = said.indexOf("}") + 1;
  return [said.subarray(0, end), said.subarray(end), data.subarray(1, 65)].map(b64).join(".");
}
