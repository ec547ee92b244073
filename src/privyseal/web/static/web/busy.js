// A form that is on its way cannot be sent a second time by an impatient finger.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.busy) {
    event.preventDefault();
    return;
  }
  form.dataset.busy = "yes";
  // Only after the browser has read which button was pressed.
  setTimeout(() => setDisabled(form, true));
});

// A page that comes back from the browser's memory works again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) {
    delete form.dataset.busy;
    setDisabled(form, false);
  }
});

function setDisabled(form, isDisabled) {
  for (const button of form.querySelectorAll("button")) button.disabled = isDisabled;
}
