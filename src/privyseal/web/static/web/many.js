// Send many files one after the other, see how far it is, and go on after a network was lost. Without this module the
// form sends all of them at once.
const AGAIN_MS = 5_000;

ready();

function ready() {
  const form = document.querySelector("form.upload-many");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll(form);
  });
}

async function sendAll(form) {
  const files = [...form.querySelector("input[type=file]").files];
  const known = new Set(form.dataset.known.split(" "));
  const panel = form.querySelector(".progress");
  const bar = panel.querySelector("progress");
  const words = panel.querySelector("[role=status]");
  const refused = panel.querySelector("ul");
  if (!files.length) return;
  panel.hidden = false;
  form.querySelector("button").disabled = true;
  refused.replaceChildren();
  bar.max = files.length;
  addEventListener("beforeunload", stay);
  for (const [number, file] of files.entries()) {
    bar.value = number;
    words.textContent = `${words.dataset.sending} ${number + 1} / ${files.length}`;
    if (known.has(await beginOfDigest(file))) continue;
    const no = await sent(form, file, words);
    if (no) refused.append(Object.assign(document.createElement("li"), { textContent: [file.name, no].join(refused.dataset.between) }));
  }
  removeEventListener("beforeunload", stay);
  bar.value = files.length;
  words.textContent = words.dataset.done;
  form.querySelector("button").disabled = false;
  if (!refused.children.length) location.reload();
}

function stay(event) {
  event.preventDefault();
}

// The name under which the server knows a file; nothing where the browser does not count it.
async function beginOfDigest(file) {
  if (!globalThis.crypto?.subtle) return "";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...digest.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Returns the words of a no, nothing where the file was taken. A lost network is waited for.
async function sent(form, file, words) {
  const said = new FormData(form);
  said.delete("brought");
  said.append("brought", file);
  for (;;) {
    try {
      const answer = await fetch(form.action, { method: "POST", body: said, headers: { "X-By-Itself": "1" } });
      if (answer.status < 500 && !answer.redirected) return answer.ok ? "" : (await answer.json()).words;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    words.textContent = words.dataset.waiting;
    await someTime();
  }
}

function someTime() {
  return new Promise((go) => {
    const timer = setTimeout(go, AGAIN_MS);
    addEventListener("online", () => {
      clearTimeout(timer);
      go();
    }, { once: true });
  });
}
