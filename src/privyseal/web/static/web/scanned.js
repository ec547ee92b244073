// Read a printed code with the camera, or off a picture of it where there is none; otherwise its words are typed.
import { FILES, codesIn, fetched, isRead } from "./decoding.js";

const PAUSE_MS = 120;
const MOST_SHOWN = 200;
const OURS = /^\/(r|V|seals|sheets|by-hand|places|applications|stock-takes|take-outs|machines|filing|registers)\//;
const buttons = document.querySelectorAll("button.scan");
// Fetched as the page opens: where a code is scanned there may be no network. What only leads to a page needs one anyhow.
const isAtOnce = [...buttons].some((button) => !("open" in button.dataset));
const decoder = isRead || !isAtOnce ? null : fetched();

for (const button of buttons) begin(button);
// A worker that comes after the page has not seen what the page fetched.
if (decoder) navigator.serviceWorker?.addEventListener("controllerchange", keep, { once: true });

function keep() {
  for (const name of FILES) fetch(new URL(name, import.meta.url)).catch(() => null);
}

async function begin(button) {
  if (!isRead && isAtOnce && !(await decoder)) return;
  const picture = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", capture: "environment" });
  const video = Object.assign(document.createElement("video"), { playsInline: true, muted: true });
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (stop(video)) return;
    if (!isRead) fetched();
    if (await opened(video)) {
      button.before(video);
      const said = await seen(video);
      if (said) take(button, said);
    } else picture.click();
  });
  picture.addEventListener("change", async () => {
    const [said] = await codesIn(await createImageBitmap(picture.files[0]), { effort: Infinity, timeLimit: 5_000 });
    if (said) take(button, said);
    else button.nextElementSibling.textContent = button.dataset.none;
    picture.value = "";
  });
}

async function opened(video) {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: 1280 } });
    await video.play();
    return true;
  } catch {
    return false; // denied, or there is none: a picture is chosen instead
  }
}

function stop(video) {
  const stream = video.srcObject;
  for (const track of stream?.getTracks() ?? []) track.stop();
  video.srcObject = null;
  video.remove();
  return stream !== null;
}

// What the camera sees first; nothing where it is stopped before.
async function seen(video) {
  while (video.srcObject) {
    const [said] = await codesIn(video);
    if (said) {
      stop(video);
      return said;
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
  return "";
}

// A code of this house leads to its page; what any other says is shown, and opened by nobody but the reader.
function open(button, said) {
  const address = URL.canParse(said) ? new URL(said) : null;
  const houses = [location.host, URL.canParse(button.dataset.house) ? new URL(button.dataset.house).host : ""];
  if (address && houses.includes(address.host) && OURS.test(address.pathname)) {
    location.assign(`${address.pathname}${address.search}${address.hash}`);
  } else button.nextElementSibling.textContent = `${button.dataset.foreign} ${said.slice(0, MOST_SHOWN)}`;
}

// The code of a place says what the place is called, the code of a seal which seal it is.
function take(button, said) {
  const [address, place = ""] = said.split("#");
  button.nextElementSibling.textContent = "";
  if ("open" in button.dataset) {
    open(button, said);
    return;
  }
  if (button.dataset.seal) {
    const isIt = !place && address.replace(/\/$/, "").endsWith(`/${button.dataset.seal}`);
    button.nextElementSibling.textContent = isIt ? button.dataset.yes : button.dataset.no;
    return;
  }
  const { number, slot, place: where } = button.form.elements;
  if (!place) {
    if (number) number.value = said;
  } else if (where) {
    where.value = decodeURIComponent(place);
  } else if (slot) {
    slot.value = new URLSearchParams(address.split("?")[1]).get("slot") ?? "";
  }
}
