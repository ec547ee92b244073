// What a machine tells is fetched again every two seconds, while somebody looks and the machine may still tell something.
// Where people decide, nothing moves under their hands: the page comes anew only when it says something else.
const EVERY = 2000;
const live = [...document.querySelectorAll("[data-live]")];

if (live.length) setInterval(look, Number(live[0].dataset.every ?? EVERY));

async function look() {
  if (document.hidden) return;
  const answer = await fetch(live[0].dataset.live, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = [...page.querySelectorAll("[data-live]")];
  if (fresh.length !== live.length) return;
  for (const [place, one] of live.entries()) {
    if (fresh[place].isEqualNode(one)) continue;
    if ("is" in one.dataset) return location.assign(one.dataset.live);
    one.replaceChildren(...fresh[place].childNodes);
  }
}
