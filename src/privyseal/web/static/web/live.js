// What a machine counts is fetched again every two seconds, while somebody looks and the machine may still tell something.
// Where people decide, nothing moves under their hands: the page comes anew only when it says something else.
const EVERY = 2000;
const live = document.querySelector("[data-live]");

if (live) setInterval(look, Number(live.dataset.every ?? EVERY));

async function look() {
  if (document.hidden) return;
  const answer = await fetch(live.dataset.live, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
  if (!fresh || fresh.isEqualNode(live)) return;
  if ("is" in live.dataset) location.assign(live.dataset.live);
  else live.replaceChildren(...fresh.childNodes);
}
