// Frames between a telephone and a machine, in the fragments of docs/device-protocol.md, whatever carries the fragments.
// The telephone asks for each piece: what was lost is asked for again, and after a cut it goes on where it was.
export const SERVICE = "d78e1500-a8f9-4d44-88c5-c2a36eb6de0e";
export const ABOUT = "d78e1501-a8f9-4d44-88c5-c2a36eb6de0e";
export const WRITTEN = "d78e1502-a8f9-4d44-88c5-c2a36eb6de0e";
export const TOLD = "d78e1503-a8f9-4d44-88c5-c2a36eb6de0e";

const [BEGIN, OFFER, WANT, DATA, END, PICTURES] = [0, 1, 2, 3, 4, 5];
const AHEAD = 13;
const GRANT = 4096;
const MOST_BYTES = 262_144;
const MOST_PICTURE = 12_582_912; // as it is sealed
const MOST_FRAMES = 16;
const TRIES = 4;

// Who a machine says that it is; nothing where it speaks otherwise.
export function known(view) {
  const bytes = bytesOf(view);
  const most = bytes.length > 3 ? (bytes[1] << 8) | bytes[2] : 0;
  if (bytes[0] !== 1 || most < 64 || most > 512) return null;
  return { most, serial: new TextDecoder().decode(bytes.subarray(3)) };
}

// `write` sends one fragment; each that comes is handed to `heard`. Halves are kept by whoever keeps `halves`, and what was
// fetched of pictures' frames by whoever keeps `seen`.
export function carrier({ write, most, halves = new Map(), seen = new Map(), patience = 4_000, moved = () => undefined }) {
  const came = [];
  let isAnswered = seen.size > 0; // whether it was heard to say anything of pictures
  let wake = () => undefined;

  function heard(view) {
    const fragment = read(bytesOf(view));
    if (fragment) came.push(fragment);
    wake();
  }

  async function next() {
    if (came.length) return came.shift();
    let timer = 0;
    await new Promise((done) => {
      wake = done;
      timer = setTimeout(done, patience);
    });
    clearTimeout(timer);
    return came.shift();
  }

  // Ask until it is answered as it has to be, a few times: a fragment may have been lost.
  async function asked(fragment, isAnswer, most = TRIES, anew = () => undefined) {
    for (let tries = 0; tries < most; tries += 1) {
      anew();
      came.length = 0;
      await write(fragment);
      for (let answer = await next(); answer; answer = await next()) if (isAnswer(answer)) return answer;
    }
    throw new Error("silent");
  }

  // Each asking has offers of its own; where one of them was lost it is asked again.
  async function offers(fragment, longest, tries) {
    let offered = [];
    const isAll = (one) => {
      if (one.kind === OFFER) offered.push(one);
      isAnswered ||= fragment[0] === PICTURES;
      return one.kind === END && offered.length === one.number;
    };
    await asked(fragment, isAll, tries, () => (offered = []));
    const isRight = offered.length <= MOST_FRAMES && offered.every((one) => one.number > 0 && one.number <= longest);
    if (!isRight) throw new Error("broken");
    return offered;
  }

  async function fetched(offer, before = 0, all = offer.number, isPicture = false) {
    const half = halves.get(offer.name) ?? { bytes: new Uint8Array(offer.number), have: 0, isPicture };
    halves.set(offer.name, half);
    for (let still = 0; half.have < offer.number; ) {
      const from = half.have;
      const until = Math.min(offer.number, from + GRANT);
      came.length = 0;
      await write(said(WANT, offer.name, from, until - from));
      for (let one = await next(); one; one = await next()) {
        if (one.kind !== DATA || one.name !== offer.name) continue;
        if (one.number === half.have && one.number + one.data.length <= until) {
          half.bytes.set(one.data, half.have);
          half.have += one.data.length;
          moved(before + half.have, all);
        }
        if (one.number + one.data.length >= until) break;
      }
      still = half.have > from ? 0 : still + 1;
      if (still === TRIES) throw new Error("silent");
    }
    halves.delete(offer.name);
    if ((await nameOf(half.bytes)) !== offer.name) throw new Error("broken");
    return new TextDecoder().decode(half.bytes);
  }

  // What the machine has to say, in its order: events, and last its hello.
  async function collect() {
    const offered = await offers(said(BEGIN), MOST_BYTES);
    const all = offered.reduce((sum, one) => sum + one.number, 0);
    for (const [name, half] of halves) if (!half.isPicture && !offered.some((one) => one.name === name)) halves.delete(name);
    const frames = [];
    let before = 0;
    for (const offer of offered) {
      frames.push(await fetched(offer, before, all));
      before += offer.number;
    }
    return frames;
  }

  // The pictures that it keeps, sealed, each with the frame by which it is its own: those that are wanted are handed to
  // `take`, which says whether to go on. A machine that carries none does not answer.
  async function pictures(isWanted, take) {
    for (let over = 0; ; ) {
      const offered = await offers(asking(over), MOST_PICTURE, isAnswered ? TRIES : 2).catch((error) => {
        if (isAnswered || error.message !== "silent") throw error;
        return [];
      });
      if (!offered.length) return;
      for (let at = 0; at + 1 < offered.length; at += 2) {
        const frame = seen.get(offered[at].name) ?? (await fetched(offered[at]));
        seen.set(offered[at].name, frame);
        if (isWanted(frame) && !(await take(frame, await fetched(offered[at + 1], 0, offered[at + 1].number, true)))) return;
      }
      over += Math.ceil(offered.length / 2);
    }
  }

  async function bring(bytes, before, all) {
    const name = await nameOf(bytes);
    const isWanted = (one) => one.kind === WANT && one.name === name;
    let wanted = await asked(said(OFFER, name, bytes.length), isWanted);
    for (let still = 0; wanted.number < bytes.length; ) {
      const from = wanted.number;
      const until = Math.min(bytes.length, from + wanted.most);
      came.length = 0;
      for (let at = from; at < until; at += most - AHEAD) await write(said(DATA, name, at, bytes.subarray(at, Math.min(at + most - AHEAD, until))));
      let answer = await next();
      while (answer && !isWanted(answer)) answer = await next();
      wanted = answer ?? (await asked(said(OFFER, name, bytes.length), isWanted));
      still = wanted.number > from ? 0 : still + 1;
      if (still === TRIES) throw new Error("silent");
      moved(before + wanted.number, all);
    }
  }

  // Bring the machine what it is told, in order. Whether it believes a frame it says to nobody.
  async function deliver(frames) {
    const all = frames.map((text) => new TextEncoder().encode(text));
    const sum = all.reduce((size, one) => size + one.length, 0);
    let before = 0;
    for (const bytes of all) {
      await bring(bytes, before, sum);
      before += bytes.length;
    }
  }

  return { heard, collect, deliver, pictures };
}

// What a gateway may be sent at once: sixteen frames, and no more than it takes.
export function posts(frames) {
  const packed = [];
  let size = Infinity;
  for (const text of frames) {
    size += text.length;
    if (size > 900_000 || packed.at(-1)?.length === MOST_FRAMES) {
      packed.push([]);
      size = text.length;
    }
    packed.at(-1).push(text);
  }
  return packed;
}

function said(kind, name = "", ...more) {
  if (!name) return Uint8Array.of(kind);
  const [number, last] = more;
  const isData = last instanceof Uint8Array;
  const bytes = new Uint8Array(AHEAD + (isData ? last.length : last === undefined ? 0 : 4));
  const view = new DataView(bytes.buffer);
  bytes[0] = kind;
  bytes.set(name.match(/../g).map((pair) => parseInt(pair, 16)), 1);
  view.setUint32(9, number);
  if (isData) bytes.set(last, AHEAD);
  else if (last !== undefined) view.setUint32(AHEAD, last);
  return bytes;
}

function asking(over) {
  const bytes = Uint8Array.of(PICTURES, 0, 0, 0, 0);
  new DataView(bytes.buffer).setUint32(1, over);
  return bytes;
}

// A fragment of a machine, or nothing where it is none.
function read(bytes) {
  const [kind] = bytes;
  if (kind === END && bytes.length === 2) return { kind, number: bytes[1] };
  if (![OFFER, WANT, DATA].includes(kind) || bytes.length < AHEAD || (kind === WANT && bytes.length !== AHEAD + 4)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = hex(bytes.subarray(1, 9));
  return { kind, name, number: view.getUint32(9), most: kind === WANT ? view.getUint32(AHEAD) : 0, data: bytes.slice(AHEAD) };
}

async function nameOf(bytes) {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 8));
}

function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(view) {
  return view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
