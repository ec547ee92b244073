// Draw the face again while it is chosen and written.
const form = document.querySelector("form.seal-wish");
const image = document.querySelector("img.preview");
const words = image?.parentElement.querySelector("[role=status]");
const DRAWN = ["format", "ring", "centre", "lines", "bottom", "number", "code", "writing", "colour", "inner_border"];
let timer;

if (form && image) {
  form.querySelector("button[name=preview]").hidden = true;
  form.addEventListener("input", (event) => {
    if (event.target.name === "company") suggestRing(event.target);
    if (event.target.name === "imprint") {
      form.querySelector("button[name=preview]").hidden = !event.target.value;
      return;
    }
    if (event.target.name === "type") suggestLooks(event.target.value);
    clearTimeout(timer);
    timer = setTimeout(draw, 300);
  });
  image.addEventListener("error", () => {
    image.hidden = true;
    words.textContent = words.dataset.failed;
  });
  image.addEventListener("load", () => {
    image.hidden = false;
    words.textContent = "";
  });
  if (!image.getAttribute("src") && !form.elements.traced.value) draw();
}

// The ring usually says the company's name: follow the choice until somebody writes something else.
function suggestRing(company) {
  const names = [...company.options].map((option) => option.text);
  const { ring } = form.elements;
  if (!ring.value || names.includes(ring.value)) ring.value = company.selectedOptions[0]?.text ?? "";
}

// What a seal of this type usually looks like; every part of it can still be changed.
function suggestLooks(type) {
  const looks = JSON.parse(document.getElementById("usual-looks").textContent)[type] ?? {};
  for (const [name, value] of Object.entries(looks)) form.elements[name].value = value;
}

function draw() {
  const chosen = new FormData(form);
  const asked = DRAWN.map((name) => [name, chosen.get(name) ?? ""]).filter(([, value]) => value.trim());
  if (!asked.some(([name]) => name === "ring" || name === "lines")) {
    image.hidden = true;
    words.textContent = "";
    return;
  }
  image.src = `${image.dataset.source}?${new URLSearchParams(asked)}`;
}
