import { createRecognizer, takeSamples, whoIs } from "/rostro/dist/index.js";

const video = document.querySelector("#video");
const output = document.querySelector("#name");

const recognizer = await createRecognizer();
const portrait = await (await fetch("/portrait.png")).blob();
const { samples } = await takeSamples(recognizer, [portrait]);
await recognizer.setGallery({
  model: "sface-2021dec",
  entries: samples.map(({ embedding }) => ({ person_id: "1", name: "Eileen Collins", embedding })),
});

video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
recognizer.watch(video, ({ faces }) => (output.value = faces.map((face) => whoIs(face).name ?? "Unknown").join(", ")), {
  follow: true,
});
