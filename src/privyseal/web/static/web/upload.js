// Drop a file instead of choosing it, and see how far it is. Without this module the form works all the same.
const NEAR_BYTES = 65_536;

ready();

function ready() {
  const form = document.querySelector("form.upload");
  if (!form) return;
  const drop = form.querySelector(".drop");
  const input = form.querySelector("input[type=file]");
  drop.querySelector(".drop-hint").hidden = false;
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => hover(event, drop, true));
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, (event) => hover(event, drop, false));
  drop.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const secret = form.querySelector("details.protected");
  input.addEventListener("change", async () => {
    if (input.files.length && (await isProtected(input.files[0]))) secret.open = true;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

// A guess, so that whoever brings such a file is asked at once: what is so is found where it is read.
async function isProtected(file) {
  const ends = [file.slice(0, NEAR_BYTES), file.slice(-NEAR_BYTES)];
  const said = await Promise.all(ends.map((end) => end.text()));
  return said.some((text) => /\/Encrypt\b/.test(text));
}

function hover(event, drop, isOver) {
  event.preventDefault();
  drop.classList.toggle("over", isOver);
}

function send(form) {
  const button = form.querySelector("button");
  const panel = form.querySelector(".progress");
  const bar = panel.querySelector("progress");
  const words = panel.querySelector("[role=status]");
  const request = new XMLHttpRequest();
  panel.hidden = false;
  button.disabled = true;
  words.textContent = words.dataset.sending;
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    words.textContent = words.dataset.reading;
  });
  request.addEventListener("load", () => arrive(request, form));
  request.addEventListener("error", () => {
    bar.value = 0;
    button.disabled = false;
    words.textContent = words.dataset.failed;
  });
  request.open("POST", form.action);
  request.responseType = "document";
  request.send(new FormData(form));
}

// The answer is a page: another address is where to go, the same address is shown in place.
function arrive(request, form) {
  const main = request.response?.querySelector("main");
  if (request.responseURL && new URL(request.responseURL).pathname !== new URL(form.action).pathname) {
    location.assign(request.responseURL);
  } else if (main) {
    const { files } = form.querySelector("input[type=file]");
    document.querySelector("main").replaceWith(document.adoptNode(main));
    const again = document.querySelector("form.upload details.protected[open]");
    if (again) again.closest("form").querySelector("input[type=file]").files = files; // it lacks its password alone
    document.title = request.response.title;
    ready();
    scrollTo(0, 0);
    (again?.querySelector("input") ?? document.querySelector("main")).focus();
  } else {
    request.dispatchEvent(new ProgressEvent("error"));
  }
}
