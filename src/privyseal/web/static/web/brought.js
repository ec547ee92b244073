// What this telephone carries for machines, kept on it until it is handed in: one row a person and machine.
const NAME = "privyseal.carried";
const STORE = "machines";

export async function load(person, machine) {
  const found = await settle((store) => store.get([person, machine]));
  return { person, machine, told: [], answers: [], hello: "", pictures: [], refusals: [], ...found };
}

export function save(item) {
  navigator.storage?.persist?.();
  return settle((store) => store.put(item), "readwrite");
}

async function settle(act, mode = "readonly") {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: ["person", "machine"] });
  const database = await done(opening);
  try {
    return await done(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
