// Judge a receipt here, in the browser, by the second checker; nothing is sent.
import { checkApprovals, split } from "./approvals.js";
import { check, factOf } from "./receipt.js";

const form = document.querySelector("form.receipt");
const answer = document.querySelector("#answer");

form?.addEventListener("submit", async (event) => {
  const [file] = form.elements.file.files;
  if (!file || !crypto.subtle) return; // the server looks at it, or says what is missing
  event.preventDefault();
  const cosigners = form.elements.cosigners.value.split(/\s+/).filter(Boolean);
  try {
    const { receipt, lines } = split(await file.text());
    const found = await check(receipt, keyFor(receipt, form.elements.log_key.value), { cosigners, needed: form.elements.needed.value });
    const fact = factOf(found.fact);
    proved(found, fact, lines.length > 0 ? await checkApprovals(fact, lines) : []);
  } catch (refused) {
    if (!refused.code) return form.submit(); // a browser without these keys: the server looks at it
    refuse(refused.code);
  }
});

// Of several keys, the one of the name under which the receipt was signed; the record has one for each loss it outlived.
function keyFor(receipt, said) {
  const keys = said.split(/\s+/).filter(Boolean);
  const origin = (receipt.split("\n\n").at(-2) ?? "").split("\n")[0];
  return keys.find((key) => key.startsWith(`${origin}+`)) ?? keys[0] ?? "";
}

function proved(found, fact, yeses) {
  show("done");
  answer.querySelector(".proved").hidden = false;
  answer.querySelector(".index").textContent = `${found.origin} · ${found.index} / ${found.size}`;
  const rows = Object.entries(found.cosigned).map(([name, seconds]) => {
    const row = document.createElement("li");
    row.textContent = `${name} · ${new Date(Number(seconds) * 1000).toLocaleString(document.documentElement.lang)}`;
    return row;
  });
  answer.querySelector(".cosigned").replaceChildren(...rows);
  answer.querySelector(".makers-word").hidden = fact.data?.assurance !== "maker";
  answer.querySelector(".yeses").hidden = yeses.length === 0;
  answer.querySelector(".yeses ul").replaceChildren(...yeses.map(rowOf));
  answer.querySelector(".fact").textContent = JSON.stringify(fact, null, 2);
}

// Who said yes at which stage, by what and where, and with which key.
function rowOf(yes) {
  const row = document.createElement("li");
  const words = document.querySelector("#words").dataset;
  const software = yes.is_software ? [words.software] : [];
  row.textContent = [`${yes.stage}`, yes.decision, yes.approver, words[yes.assurance], yes.origin, ...software, yes.key_sha256].filter(Boolean).join(" · ");
  return row;
}

function refuse(code) {
  show("refused");
  const reason = answer.querySelector(`[data-code="${code}"]`) ?? answer.querySelector("[data-code]");
  reason.hidden = false;
}

function show(tone) {
  answer.className = `notice verdict ${tone}`;
  answer.hidden = false;
  for (const part of answer.querySelectorAll(".proved, [data-code]")) part.hidden = true;
  answer.scrollIntoView({ block: "nearest" });
}
