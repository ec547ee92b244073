// Show where the seal will stand, and let a finger or the mouse move it. The numbers in the form say the same.
const SVG = "http://www.w3.org/2000/svg";
const form = document.querySelector("form.terms");
if (form) begin();

function begin() {
  const { page, x, y } = form.elements;
  const mark = document.createElementNS(SVG, "image");
  form.querySelector(".place-hint").hidden = false;
  for (const sheet of document.querySelectorAll(".placed-by-hand .sheet")) {
    sheet.classList.add("placing");
    sheet.addEventListener("click", (event) => {
      const spot = spotOn(sheet, event);
      form.elements.how.value = "at";
      page.value = sheet.dataset.page;
      x.value = spot.x.toFixed(1);
      y.value = spot.y.toFixed(1);
      draw(mark);
    });
  }
  form.addEventListener("input", () => draw(mark));
  if (!document.querySelector(".placed-by-hand .sheet svg > svg")) draw(mark);
}

function chosenSeal() {
  return form.querySelector("input[name=seal]:checked");
}

// Millimetres from the lower left corner, kept so far from the edges that the whole seal is on the page.
function spotOn(sheet, event) {
  const box = sheet.getBoundingClientRect();
  const wide = sheet.dataset.width / 1000;
  const high = sheet.dataset.height / 1000;
  const across = (chosenSeal()?.dataset.width ?? 0) / 2000;
  const up = (chosenSeal()?.dataset.height ?? 0) / 2000;
  return {
    x: between(across, ((event.clientX - box.left) / box.width) * wide, wide - across),
    y: between(up, (1 - (event.clientY - box.top) / box.height) * high, high - up),
  };
}

function between(least, value, most) {
  return Math.max(least, Math.min(value, most));
}

function draw(mark) {
  const { page, x, y, how } = form.elements;
  const seal = how.value === "at" ? chosenSeal() : null;
  // What the server drew is no longer what the form says.
  for (const drawn of document.querySelectorAll(".placed-by-hand .sheet svg > svg, .placed-by-hand .left-place")) drawn.remove();
  const sheet = document.querySelector(`.placed-by-hand .sheet[data-page="${Number(page.value)}"]`);
  if (!seal || !sheet) {
    mark.remove();
    return;
  }
  const { width, height } = seal.dataset;
  mark.setAttribute("href", seal.dataset.face);
  mark.setAttribute("x", x.value * 1000 - width / 2);
  mark.setAttribute("y", sheet.dataset.height - y.value * 1000 - height / 2);
  mark.setAttribute("width", width);
  mark.setAttribute("height", height);
  sheet.querySelector("svg").append(mark);
}
