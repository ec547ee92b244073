// Read the signed code off a photograph of a paper and judge it here; the photograph stays where it is.
import { codesIn } from "./decoding.js";
import { check } from "./paper.js";
import { Refused } from "./receipt.js";

const EFFORT = { effort: Infinity, timeLimit: 8_000 };
let keys = asked(); // with the page: once it stands there a paper is judged without a network

// Show in `place` what the code of a photograph says, or that the photograph would have to be sent.
export async function photographed(file, place) {
  const parts = document.getElementById("of-paper");
  const shown = (name) => parts.content.querySelector(`[data-paper-said="${name}"]`).cloneNode(true);
  place.replaceChildren(shown("looking"));
  const answer = await answered(file, shown);
  if (place.isConnected) place.replaceChildren(answer);
}

async function answered(file, shown) {
  try {
    const texts = await codesIn(await createImageBitmap(file), EFFORT);
    for (const text of texts) {
      const said = await judged(text);
      if (said) return told(shown("genuine"), said, text);
    }
  } catch (refused) {
    if (refused instanceof Refused) return shown(refused.code);
  }
  return shown("to-send"); // no code was read here, or no keys came
}

// What the code says; nothing where it is another code than ours.
async function judged(text) {
  keys ??= asked();
  try {
    return await check(text, (await keys).keys);
  } catch (refused) {
    if (refused.code === "paper-code-unreadable") return null;
    throw refused;
  }
}

function asked() {
  const answer = fetch("/pki/paper.json", { credentials: "omit" }).then((response) => response.json());
  answer.catch(() => (keys = undefined)); // asked again the next time
  return answer;
}

function told(part, said, text) {
  const at = new Date(said.at * 1000).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  const values = { ...said, at, amount: said.amount.replace(/\B(?=(\d{3})+\.)/g, ",") };
  for (const place of part.querySelectorAll("[data-value]")) {
    place.textContent = values[place.dataset.value];
    if (!place.textContent) place.parentElement.remove();
  }
  part.querySelector("a").href = `/V/${text.trim().replace(/\/+$/, "").split("/").at(-1)}`;
  return part;
}
