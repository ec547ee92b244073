// Fill in the telephone's position, once, when its owner asks for it.
const form = document.querySelector("form.whereabouts, form.terms");
const button = form?.querySelector(".locate");
if (button && navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(fill, () => (button.disabled = false), {
      enableHighAccuracy: true,
      timeout: 20000,
    });
  });
}

function fill({ coords }) {
  const { latitude, longitude, accuracy } = form.elements;
  latitude.value = coords.latitude.toFixed(6);
  longitude.value = coords.longitude.toFixed(6);
  if (accuracy) accuracy.value = Math.round(coords.accuracy);
  longitude.dispatchEvent(new Event("input", { bubbles: true }));
  button.disabled = false;
}
