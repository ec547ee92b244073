// Make a photograph as small as it needs to be; on one that proves something write when, where and by whom it was taken.
// Without this module the form sends the picture as it is.
const LONGEST = 1800;
const QUALITY = 0.82;
const PLACE = "privyseal.place";

for (const form of document.querySelectorAll("form.stamped, form.pictured")) begin(form);

function begin(form) {
  const { place, taken_at: taken } = form.elements;
  const photos = [...form.querySelectorAll("input[type=file][capture]")];
  const chosen = new Map();
  if (taken) place.value ||= sessionStorage.getItem(PLACE) ?? "";
  for (const photo of photos) {
    photo.addEventListener("change", () => {
      chosen.set(photo, new Date());
      if (taken) taken.value = chosen.get(photo).toISOString();
    });
  }
  form.addEventListener("submit", async (event) => {
    const full = photos.filter((photo) => photo.files.length);
    if (form.dataset.ready || !full.length) return;
    event.preventDefault();
    if (taken) sessionStorage.setItem(PLACE, place.value);
    for (const photo of full) {
      const file = await drawn(photo.files[0], form.dataset.person ? line(form, chosen.get(photo)) : "");
      if (file) give(photo, file);
    }
    form.dataset.ready = "yes";
    form.requestSubmit(event.submitter);
  });
}

function line(form, chosen) {
  const { place, taken_at: taken, latitude, longitude } = form.elements;
  const at = new Date(taken?.value || chosen || Date.now());
  const where = place?.value.trim() || [latitude, longitude].map((field) => field?.value).filter(Boolean).join(", ");
  const permit = form.dataset.permit && `${form.dataset.words} ${form.dataset.permit}`;
  return [at.toLocaleString(document.documentElement.lang), where, form.dataset.person, permit].filter(Boolean).join(" · ");
}

// Nothing where the browser cannot read the picture: it is sent as it is then, and judged there.
async function drawn(file, words) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    if (words) write(context, canvas, words);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob && new File([blob], "page.jpg", { type: "image/jpeg" });
  } catch {
    return null;
  }
}

function write(context, canvas, words) {
  let size = Math.max(12, Math.round(canvas.width / 36));
  context.font = `${size}px sans-serif`;
  const wide = context.measureText(words).width;
  if (wide > canvas.width - size) {
    size = Math.max(9, Math.floor((size * (canvas.width - size)) / wide));
    context.font = `${size}px sans-serif`;
  }
  context.fillStyle = "rgba(0, 0, 0, 0.65)";
  context.fillRect(0, canvas.height - 2 * size, canvas.width, 2 * size);
  context.fillStyle = "white";
  context.fillText(words, size / 2, canvas.height - 0.65 * size);
}

function give(input, file) {
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
}
