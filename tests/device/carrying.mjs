// The telephone's own fragments, over lines: "w HEX" is written, and the line that comes back is what is told, or "cut".
// node carrying.mjs MODULE
import readline from "node:readline";

const { carrier, known, posts } = await import(process.argv[2]);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = async (line) => {
  process.stdout.write(`${line}\n`);
  return (await lines.next()).value;
};
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const halves = new Map();
const seen = new Map();

async function met(act) {
  const who = known(Buffer.from(await say("meet"), "hex"));
  const one = carrier({ write, most: who.most, halves, seen, patience: 5 });
  async function write(bytes) {
    const told = await say(`w ${hex(bytes)}`);
    if (told === "cut") throw new Error("cut");
    for (const each of told.split(" ").filter(Boolean)) one.heard(Buffer.from(each, "hex"));
  }
  return act(one);
}

// Until it is through: each cut is a new beginning, which goes on where it was.
async function through(act) {
  for (;;) {
    try {
      return await met(act);
    } catch (error) {
      if (!["cut", "silent"].includes(error.message)) throw error;
    }
  }
}

for (let answers = []; ; ) {
  const frames = await through(async (one) => {
    await one.deliver(answers);
    return one.collect();
  });
  answers = [];
  for (const post of posts(frames)) answers.push(...JSON.parse(await say(`p ${JSON.stringify(post)}`)));
  if (frames.length === 1) break;
}
const words = new Map();
const isNew = (frame) => !words.has(frame);
await through((one) => one.pictures(isNew, async (frame, sealed) => words.set(frame, await say(`k ${JSON.stringify({ frame, sealed })}`))));
for (const word of words.values()) await through((one) => one.deliver([word]));
await say("done");
process.exit(0);
