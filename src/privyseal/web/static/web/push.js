// Messages in a browser that is closed, where the browser can show them: in the chats' own browsers none can.
const place = document.querySelector("[data-push]");
const worker = document.querySelector(".waiting").dataset.worker;

if (window.PushManager && window.Notification && navigator.serviceWorker) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", ({ target }) => begin(target));
}

async function begin(button) {
  const trouble = place.querySelector("[role=alert]");
  trouble.hidden = button.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("denied");
    await navigator.serviceWorker.register(worker, { scope: "/" });
    const { pushManager } = await navigator.serviceWorker.ready;
    const asked = { userVisibleOnly: true, applicationServerKey: bytes(place.dataset.push) };
    send(button.form, (await subscribed(pushManager, asked)).toJSON());
  } catch (error) {
    trouble.textContent = error.message === "denied" ? trouble.dataset.denied : trouble.dataset.failed;
    trouble.hidden = button.disabled = false;
    trouble.focus();
  }
}

// A browser that has subscribed with another key of ours before begins anew.
async function subscribed(manager, asked) {
  try {
    return await manager.subscribe(asked);
  } catch (error) {
    const before = await manager.getSubscription();
    if (!before) throw error;
    await before.unsubscribe();
    return manager.subscribe(asked);
  }
}

function send(form, { endpoint, keys }) {
  form.elements.endpoint.value = endpoint;
  form.elements.p256dh.value = keys.p256dh;
  form.elements.auth.value = keys.auth;
  form.requestSubmit();
}

function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
