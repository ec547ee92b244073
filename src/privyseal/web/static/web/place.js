// Show where the seal will stand, and let a finger, the mouse or the arrow keys move it. The numbers in the form say the same.
import { drawEdges } from "./edges.js";

const SVG = "http://www.w3.org/2000/svg";
const NEAR_HINT = 8;
const NEAR_MIDDLE = 2;
const STEP = 1;
const LONG_STEP = 10;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const form = document.querySelector("form.terms");
const sheets = [...document.querySelectorAll(".placed-by-hand .sheet")];
if (form && sheets.length) begin();

function begin() {
  const mark = document.createElementNS(SVG, "image");
  mark.classList.add("mark");
  mark.setAttribute("tabindex", "0");
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", form.dataset.mark);
  form.querySelector(".place-hint").hidden = false;
  for (const sheet of sheets) beginOn(sheet, mark);
  for (const button of document.querySelectorAll(".placed-by-hand .hint-place")) {
    button.hidden = false;
    const sheet = button.closest(".page").querySelector(".sheet");
    button.addEventListener("click", () => put(mark, sheet, { x: Number(button.dataset.x), y: Number(button.dataset.y) }));
  }
  for (const choice of form.querySelectorAll("input[name=seal]")) letDrag(choice);
  hold(mark);
  mark.addEventListener("keydown", (event) => step(event, mark));
  form.addEventListener("input", () => draw(mark));
  if (!document.querySelector(".placed-by-hand .sheet svg > svg")) draw(mark);
  turnTo(document.querySelector(".placed-by-hand .sheet svg > :is(svg, image)"));
}

// Where pages lie side by side, the one with the seal comes first into view.
function turnTo(drawn) {
  const page = drawn?.closest(".page");
  const strip = page?.closest(".strip");
  if (strip) strip.scrollLeft = page.offsetLeft - page.parentElement.firstElementChild.offsetLeft;
}

function beginOn(sheet, mark) {
  sheet.classList.add("placing");
  const drawn = sheet.querySelector("svg");
  drawn.removeAttribute("aria-hidden");
  drawn.removeAttribute("focusable");
  sheet.addEventListener("click", (event) => {
    if (event.target !== mark) put(mark, sheet, snapped(sheet, spotOn(sheet, event), event.altKey));
  });
  sheet.addEventListener("dragover", (event) => event.preventDefault());
  sheet.addEventListener("drop", (event) => {
    event.preventDefault();
    put(mark, sheet, snapped(sheet, spotOn(sheet, event), event.altKey));
  });
}

// A seal of the list is dragged onto a page with the mouse; a finger taps the page instead.
function letDrag(choice) {
  const label = choice.closest("label");
  label.draggable = true;
  label.addEventListener("dragstart", (event) => {
    choice.checked = true;
    event.dataTransfer.setData("text/plain", choice.value);
    event.dataTransfer.effectAllowed = "copy";
  });
}

// Held by a finger or the mouse, the seal follows over the pages.
function hold(mark) {
  mark.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    mark.focus({ preventScroll: true });
    mark.classList.add("held");
    const grabbed = grabbedOff(mark, event);
    const follow = (moved) => {
      const sheet = sheets.find((one) => isOver(one, moved));
      if (sheet) put(mark, sheet, snapped(sheet, spotOn(sheet, moved, grabbed), moved.altKey), { isQuiet: true });
    };
    const end = () => {
      mark.classList.remove("held");
      for (const name of ["pointerup", "pointercancel"]) document.removeEventListener(name, end);
      document.removeEventListener("pointermove", follow);
      form.dispatchEvent(new Event("input", { bubbles: true }));
      say();
    };
    document.addEventListener("pointermove", follow);
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end);
  });
}

function isOver(sheet, { clientX, clientY }) {
  const { left, right, top, bottom } = sheet.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}

function step(event, mark) {
  const { page, x, y } = form.elements;
  const at = sheets.findIndex((sheet) => sheet.dataset.page === String(Number(page.value)));
  const turn = { PageDown: 1, PageUp: -1 }[event.key];
  const by = ARROWS[event.key];
  if (!by && !turn) return;
  event.preventDefault();
  const sheet = sheets[Math.max(0, Math.min(sheets.length - 1, at + (turn ?? 0)))];
  const far = event.shiftKey ? LONG_STEP : STEP;
  put(mark, sheet, kept(sheet, Number(x.value) + (by?.[0] ?? 0) * far, Number(y.value) + (by?.[1] ?? 0) * far));
  mark.focus({ preventScroll: !turn });
  if (turn) sheet.scrollIntoView({ block: "nearest" });
}

function put(mark, sheet, spot, { isQuiet = false } = {}) {
  const { page, x, y, how } = form.elements;
  how.value = "at";
  page.value = sheet.dataset.page;
  x.value = spot.x.toFixed(1);
  y.value = spot.y.toFixed(1);
  draw(mark);
  if (isQuiet) return;
  form.dispatchEvent(new Event("input", { bubbles: true }));
  say();
}

function say() {
  const { page, x, y } = form.elements;
  const words = form.dataset.at.replace("{page}", page.value).replace("{x}", x.value).replace("{y}", y.value);
  form.querySelector(".place-said").textContent = words;
}

function chosenSeal() {
  return form.querySelector("input[name=seal]:checked");
}

function spotOn(sheet, event, grabbed = { x: 0, y: 0 }) {
  const { x, y } = under(sheet, event);
  return kept(sheet, x - grabbed.x, y - grabbed.y);
}

function under(sheet, event) {
  const box = sheet.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * (sheet.dataset.width / 1000);
  return { x, y: (1 - (event.clientY - box.top) / box.height) * (sheet.dataset.height / 1000) };
}

// How far from its middle the seal was taken hold of: it does not jump.
function grabbedOff(mark, event) {
  const { x, y } = form.elements;
  const at = under(mark.closest(".sheet"), event);
  return { x: at.x - x.value, y: at.y - y.value };
}

// Millimetres from the lower left corner, kept so far from the edges that the whole seal is on the page.
function kept(sheet, x, y) {
  const across = (chosenSeal()?.dataset.width ?? 0) / 2000;
  const up = (chosenSeal()?.dataset.height ?? 0) / 2000;
  return { x: between(across, x, sheet.dataset.width / 1000 - across), y: between(up, y, sheet.dataset.height / 1000 - up) };
}

// Near a place that asks for a seal it goes there, near the middle of the page onto its line.
function snapped(sheet, spot, isFree) {
  for (const guide of document.querySelectorAll(".sheet .guide")) guide.remove();
  if (isFree) return spot;
  const hints = [...sheet.closest(".page").querySelectorAll(".hint-place")].map(({ dataset }) => ({ x: Number(dataset.x), y: Number(dataset.y) }));
  const near = hints.find((hint) => Math.hypot(hint.x - spot.x, hint.y - spot.y) < NEAR_HINT);
  if (near) return kept(sheet, near.x, near.y);
  const middle = sheet.dataset.width / 2000;
  if (Math.abs(middle - spot.x) > NEAR_MIDDLE) return spot;
  const guide = document.createElementNS(SVG, "line");
  guide.classList.add("guide");
  for (const [name, value] of [["x1", middle * 1000], ["x2", middle * 1000], ["y1", 0], ["y2", sheet.dataset.height]]) guide.setAttribute(name, value);
  sheet.querySelector("svg").append(guide);
  return { x: middle, y: spot.y };
}

function between(least, value, most) {
  return Math.max(least, Math.min(value, most));
}

function draw(mark) {
  const { page, x, y, how } = form.elements;
  const seal = how.value === "at" ? chosenSeal() : null;
  // What the server drew is no longer what the form says.
  for (const drawn of document.querySelectorAll(".placed-by-hand .sheet svg > svg, .placed-by-hand .left-place")) drawn.remove();
  drawEdges(form, sheets, chosenSeal());
  const sheet = sheets.find((one) => one.dataset.page === String(Number(page.value)));
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
  if (mark.parentNode !== sheet.querySelector("svg")) sheet.querySelector("svg").append(mark);
}
