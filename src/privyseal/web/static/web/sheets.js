// A page whose image did not come, since others of the same reader are drawn just now, is asked for again.
const TRIES = 8;

for (const image of document.querySelectorAll(".sheet img")) {
  let tries = 0;
  const again = () => {
    if (tries++ < TRIES) setTimeout(() => (image.src = image.src), 1000 * tries + 1000 * Math.random());
  };
  image.addEventListener("error", again);
  if (image.complete && !image.naturalWidth) again(); // it failed before we came
}
