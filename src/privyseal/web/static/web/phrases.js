// One tap writes what is said again and again; what somebody wrote themselves stays, and the phrase comes behind it.
for (const group of document.querySelectorAll(".phrases")) {
  const field = group.closest("form").elements[group.dataset.fills];
  const all = [...group.querySelectorAll("button")];
  if (!field) continue;
  group.hidden = false;
  for (const one of all) {
    one.addEventListener("click", () => {
      const own = field.value.trim();
      const phrase = one.textContent.trim();
      const isPhrase = all.some((each) => each.textContent.trim() === own);
      field.value = !own || isPhrase ? phrase : own.endsWith(phrase) ? own : `${own} ${phrase}`;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  }
}
