// Draw the face again while its words are typed.
const form = document.querySelector("form.seal-wish");
const image = document.querySelector("img.preview");
const words = image?.parentElement.querySelector("[role=status]");
let timer;

if (form && image) {
  form.querySelector("button[name=preview]").hidden = true;
  form.addEventListener("input", (event) => {
    if (event.target.name === "company") suggestRing(event.target);
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
  if (!image.getAttribute("src")) draw();
}

// The ring usually says the company's name: follow the choice until somebody writes something else.
function suggestRing(company) {
  const names = [...company.options].map((option) => option.text);
  const { ring } = form.elements;
  if (!ring.value || names.includes(ring.value)) ring.value = company.selectedOptions[0]?.text ?? "";
}

function draw() {
  const { ring, bottom } = form.elements;
  if (!ring.value.trim()) {
    image.hidden = true;
    words.textContent = "";
    return;
  }
  image.src = `${image.dataset.source}?${new URLSearchParams({ ring: ring.value, bottom: bottom.value })}`;
}
