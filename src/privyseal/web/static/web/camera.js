// Take the photograph on the page itself, where the browser shows what the camera sees; else a file is chosen.
for (const box of document.querySelectorAll(".camera")) begin(box);

function begin(box) {
  if (!navigator.mediaDevices?.getUserMedia) return;
  const [open, shoot] = box.querySelectorAll("button");
  const photo = box.closest("form").elements[box.dataset.of];
  const video = document.createElement("video");
  video.playsInline = video.muted = true;
  box.hidden = false;
  open.addEventListener("click", async () => {
    open.hidden = true;
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: 1920 } });
    } catch {
      box.querySelector("[role=status]").hidden = false; // denied, or there is none: the file field is still there
      return;
    }
    await video.play();
    open.before(video);
    shoot.hidden = false;
  });
  shoot.addEventListener("click", async () => {
    give(photo, await taken(video));
    for (const track of video.srcObject.getTracks()) track.stop();
    video.remove();
    shoot.hidden = true;
    open.hidden = false;
  });
}

async function taken(video) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
}

function give(photo, blob) {
  const files = new DataTransfer();
  files.items.add(new File([blob], "page.jpg", { type: "image/jpeg" }));
  photo.files = files.files;
  photo.dispatchEvent(new Event("change", { bubbles: true }));
}
