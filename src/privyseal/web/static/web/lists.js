// Keys for lists: "/" goes to the search, "j" and "k" go on and back, "x" ticks, Enter opens, Escape leaves the search.
const ROWS = "main .rows a.row, main .listed th a, main table.record td:first-child a, main .month .away";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const search = document.querySelector("main input[type=search]");
  const isWriting = event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (event.key === "Escape" && event.target === search) search.blur();
  if (isWriting) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.select();
  }
  if (event.key === "j" || event.key === "k") go(event.key === "j" ? 1 : -1);
  if (event.key === "x") document.activeElement.closest(".rows > li")?.querySelector("input[type=checkbox]")?.click();
});

function go(by) {
  const rows = [...document.querySelectorAll(ROWS)];
  const here = document.activeElement.closest(".rows > li")?.querySelector("a.row") ?? document.activeElement;
  const at = rows.indexOf(here);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + by));
  rows[next]?.focus();
}
