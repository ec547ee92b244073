// Show at once how a seal across all pages is shared between them, as the server cuts it; which pages exactly, it says itself.
const SVG = "http://www.w3.org/2000/svg";
const MOST_PAGES = 40;

export function drawEdges(form, sheets, seal) {
  const { edge, edge_pages: asked, edge_strip: strip } = form.elements;
  const pages = Number(form.dataset.pages);
  if (!edge?.value || !seal || pages < 2 || !["", "all"].includes(asked.value.trim())) return;
  const width = Number(seal.dataset.width);
  const each = Math.min(MOST_PAGES, Math.floor(width / Math.max(1, (Number(strip.value) || 4) * 1000)));
  if (each < 2) return;
  const groups = Math.min(Math.ceil(pages / each), Math.floor(pages / 2));
  const lowest = Math.min(...sheets.map((sheet) => Number(sheet.dataset.height)));
  for (const side of edge.value === "both" ? ["right", "left"] : [edge.value]) {
    for (const sheet of sheets) drawStrip(sheet, seal, side, share(Number(sheet.dataset.page), pages, groups), lowest);
  }
}

// Which part of how many a page bears.
function share(page, pages, groups) {
  for (let group = 0; group < groups; group += 1) {
    const first = Math.floor((pages * group) / groups);
    const end = Math.floor((pages * (group + 1)) / groups);
    if (page <= end) return { part: page - 1 - first, of: end - first };
  }
  return { part: 0, of: 1 };
}

function drawStrip(sheet, seal, side, { part, of }, lowest) {
  const { width, height, face } = seal.dataset;
  const at = side === "right" ? part : of - 1 - part;
  const [start, end] = [Math.floor((width * at) / of), Math.floor((width * (at + 1)) / of)];
  const strip = document.createElementNS(SVG, "svg");
  const image = document.createElementNS(SVG, "image");
  const x = side === "right" ? sheet.dataset.width - (end - start) : 0;
  const y = sheet.dataset.height - lowest / 2 - height / 2;
  const said = { x, y, width: end - start, height, viewBox: `${start} 0 ${end - start} ${height}` };
  for (const [name, value] of Object.entries(said)) strip.setAttribute(name, value);
  for (const [name, value] of Object.entries({ href: face, width, height })) image.setAttribute(name, value);
  strip.append(image);
  sheet.querySelector("svg").append(strip);
}
