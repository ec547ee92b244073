// What was done without a network, kept on this device until the server has it.
const NAME = "privyseal";
const STORE = "waiting";

export async function keep(item) {
  const files = item.fields.map(async ([name, value]) => [name, value instanceof File ? await copied(value) : value]);
  const whole = { ...item, fields: await Promise.all(files) };
  // Asked for once there is something to lose; whoever says no keeps it all the same, as long as there is room.
  navigator.storage?.persist?.();
  return write((store) => store.add(whole));
}

export function change(item) {
  return write((store) => store.put(item));
}

export function letGo(id) {
  return write((store) => store.delete(id));
}

// In the order in which it was done.
export async function all() {
  const database = await opened();
  try {
    return await settled(database.transaction(STORE).objectStore(STORE).getAll());
  } finally {
    database.close();
  }
}

// The file itself may be gone by the time that it is sent.
async function copied(file) {
  return new File([await file.arrayBuffer()], file.name, { type: file.type });
}

async function write(act) {
  const database = await opened();
  try {
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    const request = act(transaction.objectStore(STORE));
    await new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = () => failed(transaction.error ?? new Error("not kept"));
    });
    return request.result;
  } finally {
    database.close();
  }
}

function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
  return settled(request);
}

function settled(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}
