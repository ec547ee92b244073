// Frames by way of a telephone: fragments of docs/device-protocol.md in, fragments out.
import { sha256 } from "./frames.mjs";

const MOST = 200;
const nameOf = (frame) => sha256(frame).subarray(0, 8);

export function about(serial) {
  return Buffer.concat([Buffer.from([1, MOST >> 8, MOST & 255]), Buffer.from(serial)]);
}

function said(kind, name, ...more) {
  const numbers = more.filter((each) => typeof each === "number").map((each) => {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(each);
    return four;
  });
  return Buffer.concat([Buffer.from([kind]), name, ...numbers, ...more.filter((each) => typeof each !== "number")]);
}

export function berth(take, offers, pictures) {
  let offered = new Map();
  let coming = null;
  let whole = "";

  const want = () => {
    coming.until = Math.min(coming.size, coming.got.length + 1000);
    return [said(2, coming.name, coming.got.length, coming.until - coming.got.length)];
  };
  const offering = (texts) => {
    offered = new Map(texts.map((text) => [nameOf(text).toString("hex"), Buffer.from(text)]));
    return [...[...offered.values()].map((frame) => said(1, nameOf(frame), frame.length)), Buffer.from([4, offered.size])];
  };
  const give = (name, start, count) => {
    const frame = offered.get(name.toString("hex")) ?? Buffer.alloc(0);
    const end = Math.min(frame.length, start + Math.min(count, 4096));
    const told = [];
    for (let at = start; at < end; at += MOST - 13) told.push(said(3, name, at, frame.subarray(at, Math.min(at + MOST - 13, end))));
    return told;
  };
  const offer = (name, size) => {
    if (whole === name.toString("hex")) return [said(2, name, size, 0)];
    if (!coming?.name.equals(name) || coming.size !== size) coming = { name, size, got: Buffer.alloc(0), until: 0 };
    return want();
  };
  const data = (name, at, bytes) => {
    if (!coming?.name.equals(name)) return [];
    if (at !== coming.got.length || at + bytes.length > coming.size) return want();
    coming.got = Buffer.concat([coming.got, bytes]);
    if (coming.got.length < coming.size) return coming.got.length >= coming.until ? want() : [];
    const { got, size } = coming;
    coming = null;
    if (!nameOf(got).equals(name)) return offer(name, size);
    whole = name.toString("hex");
    try { take(got.toString("latin1")); } catch { /* what is forged is not taken */ }
    return [said(2, name, size, 0)];
  };

  return (fragment) => {
    const [kind, size] = [fragment[0], fragment.length];
    if (size === 1) return kind === 0 ? offering(offers()) : [];
    if (size === 5 && kind === 5) return offering(pictures().slice(fragment.readUInt32BE(1)).slice(0, 8).flat());
    if (size < 13 || size > 512) return [];
    const [name, number] = [fragment.subarray(1, 9), fragment.readUInt32BE(9)];
    if (kind === 2 && size === 17) return give(name, number, fragment.readUInt32BE(13));
    if (kind === 1 && size === 13 && number > 0 && number <= 262144) return offer(name, number);
    return kind === 3 && size > 13 ? data(name, number, fragment.subarray(13)) : [];
  };
}
