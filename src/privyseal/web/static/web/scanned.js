// Read a printed code off a picture of it, where the telephone can; otherwise its words are typed.
const buttons = "BarcodeDetector" in window ? document.querySelectorAll("button.scan") : [];
for (const button of buttons) begin(button);

function begin(button) {
  const picture = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", capture: "environment" });
  button.hidden = false;
  button.addEventListener("click", () => picture.click());
  picture.addEventListener("change", async () => {
    const said = await read(picture);
    if (said) take(button, said);
  });
}

async function read(picture) {
  const [file] = picture.files;
  if (!file) return "";
  const codes = await new BarcodeDetector({ formats: ["qr_code", "code_128"] }).detect(await createImageBitmap(file));
  return codes[0]?.rawValue ?? "";
}

// The code of a place says what the place is called, the code of a seal which seal it is.
function take(button, said) {
  const [address, place = ""] = said.split("#");
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
