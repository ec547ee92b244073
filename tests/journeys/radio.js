// A radio for pages of the tests: what Web Bluetooth gives, with the simulated machine behind it instead of the air.
(() => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const hex = (data) => [...new Uint8Array(data)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const view = (text) => new DataView(bytes(text).buffer);
  const gone = () => new DOMException("GATT Server is disconnected.", "NetworkError");
  class Told extends EventTarget {
    async startNotifications() {}
  }
  const told = new Told();
  const written = {
    async writeValueWithResponse(data) {
      const answer = await globalThis.radio(`fragment ${hex(data.buffer ?? data)}`);
      if (!answer.startsWith("ok")) throw gone();
      for (const one of answer.split(" ").slice(1)) {
        told.value = view(one);
        told.dispatchEvent(new Event("characteristicvaluechanged"));
      }
    },
  };
  const server = {
    connected: true,
    disconnect: () => globalThis.radio("carrier off"),
    async getPrimaryService() {
      const who = (await globalThis.radio("carrier on")).split(" ")[1];
      const about = { readValue: async () => view(who) };
      return { getCharacteristic: async (one) => ({ "1501": about, "1502": written, "1503": told })[one.slice(4, 8)] };
    },
  };
  const bluetooth = {
    async requestDevice({ filters: [{ namePrefix }] }) {
      if (!(await globalThis.radio("state")).includes(`serial: ${namePrefix}`)) throw new DOMException("", "NotFoundError");
      return { gatt: { connect: async () => server } };
    },
  };
  Object.defineProperty(Navigator.prototype, "bluetooth", { get: () => bluetooth, configurable: true });
})();
