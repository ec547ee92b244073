// Read codes off pictures: by the browser where it can, else by a decoder that is fetched then.
const LONGEST = 1600;
export const isRead = "BarcodeDetector" in window;
let decoder;

export function fetched() {
  decoder ??= import("./qr/decode.js").catch(() => null);
  return decoder;
}

// Whoever keeps pages for want of a network keeps these as well.
export const FILES = ["decoding.js", "qr/decode.js", "qr/index.js"];

// Return what each code says that is found; the decoder finds one.
export async function codesIn(picture, effort) {
  if (isRead) {
    const codes = await new BarcodeDetector({ formats: ["qr_code", "code_128"] }).detect(picture);
    return codes.map((code) => code.rawValue);
  }
  try {
    const { decodeQR } = await fetched();
    return [decodeQR(dots(picture), effort)];
  } catch {
    return []; // no code is in this one
  }
}

function dots(picture) {
  const [width, height] = [picture.videoWidth ?? picture.width, picture.videoHeight ?? picture.height];
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
