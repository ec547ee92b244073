// Read a seal's code off a picture of it, where the telephone can; otherwise its number is typed.
const form = document.querySelector("form.counting");
const button = form?.querySelector(".scan");
if (button && "BarcodeDetector" in window) {
  const picture = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", capture: "environment" });
  button.hidden = false;
  button.addEventListener("click", () => picture.click());
  picture.addEventListener("change", read.bind(null, picture));
}

async function read(picture) {
  const [file] = picture.files;
  if (!file) return;
  const codes = await new BarcodeDetector({ formats: ["qr_code", "code_128"] }).detect(await createImageBitmap(file));
  if (codes.length > 0) form.elements.number.value = codes[0].rawValue;
}
