// A kiosk as people write it against face-api.js: three samples to enrol, a name over the face, the descriptor to the server.
import * as faceapi from "face-api";

const video = document.querySelector("#camera");
const overlay = document.querySelector("#overlay");
const enrol = document.querySelector("#enrol");
const status = document.querySelector("#status");
const options = new faceapi.TinyFaceDetectorOptions({ inputSize: 320, scoreThreshold: 0.5 });

await faceapi.tf.ready();
await Promise.all([
  faceapi.nets.tinyFaceDetector.loadFromUri("/weights"),
  faceapi.nets.faceLandmark68Net.loadFromUri("/weights"),
  faceapi.nets.faceRecognitionNet.loadFromUri("/weights"),
]);
video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
await new Promise((resolve) => video.addEventListener("playing", resolve, { once: true }));
enrol.disabled = false;
status.textContent = "Listo";

const look = () => faceapi.detectSingleFace(video, options).withFaceLandmarks().withFaceDescriptor();

function people() {
  const kept = JSON.parse(localStorage.getItem("people") ?? "[]");
  return kept.map((one) => faceapi.LabeledFaceDescriptors.fromJSON(one));
}

enrol.addEventListener("click", async () => {
  const samples = [];
  while (samples.length < 3) {
    const found = await look();
    if (found) samples.push(found.descriptor);
  }
  const person = new faceapi.LabeledFaceDescriptors("Eileen Collins", samples);
  localStorage.setItem("people", JSON.stringify([...people(), person]));
  status.textContent = `Registrada: ${samples.length} muestras`;
});

for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  const known = people();
  if (known.length === 0) continue;
  const found = await look();
  const size = faceapi.matchDimensions(overlay, video);
  overlay.getContext("2d").clearRect(0, 0, overlay.width, overlay.height);
  if (!found) continue;
  const { detection, landmarks } = faceapi.resizeResults(found, size);
  const match = new faceapi.FaceMatcher(known, 0.6).findBestMatch(found.descriptor);
  new faceapi.draw.DrawBox(detection.box, { label: match.toString() }).draw(overlay);
  faceapi.draw.drawFaceLandmarks(overlay, landmarks);
  status.textContent = match.toString();
  status.dataset.label = match.label;
  status.dataset.distance = match.distance;
  await fetch("/api/kiosk/recognize", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ descriptor: Array.from(found.descriptor) }),
  });
}
