// The components as an app uses them; which, the address says. What they told is in `globalThis.shown`.
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { takeSamples, type Gallery } from "rostro";
import { LocalGallery } from "rostro/local";
import {
  EngineStatus,
  EnrolWizard,
  FaceCamera,
  LivenessPrompt,
  useRecognizer,
  useRelay,
  type LivenessAnswer,
  type SentReport,
} from "rostro/react";

const told: { known: string[]; reports: string[]; frames: number; done: number; violations: string[] } = {
  known: [],
  reports: [],
  frames: 0,
  done: 0,
  violations: [],
};
Object.assign(globalThis, { shown: told });
document.addEventListener("securitypolicyviolation", (event) => told.violations.push(event.violatedDirective));

const onKnown = ({ name }: { name: string }) => told.known.push(name);
const onFrame = () => (told.frames += 1);

/** What was reported, where it was seen and what the relay makes of it, in one line. */
async function onReport({ faces, source, receipt }: SentReport) {
  const seenIn = source instanceof HTMLVideoElement ? "video" : "nothing";
  const { faces: results } = await receipt;
  told.reports.push(`${faces.length} in ${seenIn}: ${results.map(({ name }) => name).join()}`);
}

/** A recogniser that knows whom `/pictures/collins.png` shows. */
function useKnowing() {
  const [gallery, setGallery] = useState<Gallery | null>(null);
  const engine = useRecognizer({ gallery });
  const { recognizer } = engine;
  useEffect(() => {
    if (recognizer === null) return;
    void (async () => {
      const picture = await (await fetch("/pictures/collins.png")).blob();
      const { samples } = await takeSamples(recognizer, [picture]);
      const entries = samples.map(({ embedding }) => ({ person_id: "1", name: "Eileen Collins", embedding }));
      setGallery({ model: "sface-2021dec", entries });
    })();
  }, [recognizer]);
  return engine;
}

function Camera() {
  return <FaceCamera engine={useKnowing()} onKnown={onKnown} onFrame={onFrame} />;
}

function Checked({ answer }: { answer: LivenessAnswer }) {
  const [given, setGiven] = useState<LivenessAnswer>("waiting");
  return (
    <>
      <button type="button" onClick={() => setGiven(answer)}>
        {answer}
      </button>
      <FaceCamera
        engine={useKnowing()}
        onKnown={onKnown}
        onFrame={onFrame}
        liveness={<LivenessPrompt check={() => given}>Parpadee</LivenessPrompt>}
      />
    </>
  );
}

function Enrol() {
  const [gallery, setGallery] = useState<LocalGallery | null>(null);
  const engine = useRecognizer({ gallery });
  useEffect(() => {
    const opening = LocalGallery.open("enrol");
    opening.then(setGallery);
    return () => void opening.then((opened) => opened.close());
  }, []);
  return (
    <>
      <EngineStatus engine={engine} />
      <EnrolWizard
        recognizer={engine.recognizer}
        onDone={(samples) => void gallery?.add({ name: "Ana" }, samples).then((person) => (told.done = person.samples))}
      />
      <FaceCamera engine={engine} onKnown={onKnown} />
    </>
  );
}

/** A relay that keeps its people to itself; its address, the page's says. */
function Asked() {
  const relay = useRelay({ url: new URLSearchParams(location.search).get("relay") ?? "", people: "asked" });
  const listeners = { onKnown, onFrame, onReport: (report: SentReport) => void onReport(report) };
  return <FaceCamera relay={relay} options={{ models: ["dlib-resnet-v1"] }} {...listeners} />;
}

function Broken() {
  return <FaceCamera options={{ modelUrl: "/nowhere", cache: false }} />;
}

const view = new URLSearchParams(location.search).get("view") ?? "camera";
const views: Record<string, () => React.ReactNode> = {
  camera: Camera,
  passed: () => <Checked answer="passed" />,
  failed: () => <Checked answer="failed" />,
  enrol: Enrol,
  asked: Asked,
  broken: Broken,
};
const View = views[view] ?? Camera;
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <View />
  </StrictMode>,
);
