"use client";

import { useId, useState, type FormEvent } from "react";

import { addCamera, changeCamera } from "@/lib/camera-calls";
import {
  CAMERA_TEXT_MAX_CHARS,
  idOfName,
  readCameraChange,
  readNewCamera,
  type CameraDraft,
  type CameraLine,
  type CameraProblem,
  type ReadingChoices,
} from "@/lib/cameras";
import { fill } from "@/lib/i18n";

import dialogStyles from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import { Modal } from "../modal";
import ui from "../ui.module.css";
import styles from "./cameras.module.css";
import { ReadingFields } from "./reading-fields";

interface CameraDialogProps {
  /** What is changed; `null` for a new one. */
  camera: CameraLine | null;
  onSaved: () => void;
  onClose: () => void;
}

/** What a camera is called, where it is, and where its video is had. */
export function CameraDialog({ camera, onSaved, onClose }: CameraDialogProps) {
  const { cameras } = useI18n().t;
  const { form } = cameras;
  const id = useId();
  const [given, setGiven] = useState({ name: camera?.name ?? "", location: camera?.location ?? "", stream: "" });
  // An id follows the name until somebody writes one.
  const [ownId, setOwnId] = useState<string | null>(null);
  const [withoutStream, setWithoutStream] = useState(false);
  const [choices, setChoices] = useState<ReadingChoices>({});
  const [state, setState] = useState<"asking" | "working" | CameraProblem>("asking");
  const problem = state === "asking" || state === "working" ? null : state;
  const newId = ownId ?? idOfName(given.name);
  // With an address it is the relay that reads it.
  const isRead = !withoutStream && (given.stream.trim() !== "" || (camera?.stream ?? null) !== null);

  async function save(event: FormEvent) {
    event.preventDefault();
    const draft: Body = {
      name: given.name,
      location: given.location,
      ...(withoutStream ? { streamUrl: null } : given.stream.trim() !== "" && { streamUrl: given.stream }),
      ...(isRead && choices),
    };
    setState("working");
    const outcome = camera === null ? await added({ ...draft, id: newId.trim() }) : await changed(camera.id, draft);
    if (outcome === null) onSaved();
    else setState(outcome);
  }

  const field = (name: keyof typeof given, wrong: CameraProblem) => ({
    value: given[name],
    autoComplete: "off",
    maxLength: name === "stream" ? 2048 : CAMERA_TEXT_MAX_CHARS,
    "aria-invalid": problem === wrong,
    "data-testid": `camera-${name}`,
    onChange: (event: { target: { value: string } }) => setGiven({ ...given, [name]: event.target.value }),
  });

  return (
    <Modal labelledBy={`${id}-title`} testId="camera-dialog" wide onClose={onClose}>
      <form noValidate onSubmit={(event) => void save(event)}>
        <h2 id={`${id}-title`}>{camera === null ? form.addTitle : form.changeTitle}</h2>
        <label className={dialogStyles.field}>
          <span>{form.name}</span>
          <input type="text" placeholder={form.nameExample} {...field("name", "invalid-name")} />
        </label>
        {camera === null && (
          <>
            <label className={dialogStyles.field}>
              <span>{form.id}</span>
              <input
                className={styles.code}
                type="text"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                value={newId}
                aria-invalid={problem === "invalid-id" || problem === "id-taken"}
                aria-describedby={`${id}-id`}
                data-testid="camera-id"
                onChange={(event) => setOwnId(event.target.value)}
              />
            </label>
            <p className="muted small" id={`${id}-id`}>
              {form.idHint}
            </p>
          </>
        )}
        <label className={dialogStyles.field}>
          <span>
            {form.location} <span className="muted small">({form.optional})</span>
          </span>
          <input type="text" {...field("location", "invalid-location")} />
        </label>
        <label className={dialogStyles.field}>
          <span>
            {form.stream} <span className="muted small">({form.optional})</span>
          </span>
          <input
            className={styles.code}
            type="url"
            inputMode="url"
            spellCheck={false}
            placeholder="http://192.168.1.50:81/stream"
            disabled={withoutStream || camera?.atRelay?.isOfEnvironment === true}
            aria-describedby={`${id}-stream`}
            {...field("stream", "invalid-stream")}
          />
        </label>
        <p className="muted small" id={`${id}-stream`}>
          {camera?.stream != null && `${fill(form.streamKept, { address: camera.stream })} `}
          {form.streamHint}
        </p>
        {camera?.stream != null && camera.atRelay?.isOfEnvironment !== true && (
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={withoutStream}
              data-testid="camera-no-stream"
              onChange={(event) => setWithoutStream(event.target.checked)}
            />
            {form.noStream}
          </label>
        )}
        {isRead && <ReadingFields camera={camera} choices={choices} problem={problem} onChange={setChoices} />}
        {problem !== null && (
          <p
            key={problem}
            ref={(element) => element?.scrollIntoView({ block: "nearest" })}
            className={ui.notice}
            data-tone="bad"
            role="alert"
            data-testid="camera-problem"
            data-problem={problem}
          >
            {cameras.problems[problem]}
          </p>
        )}
        <div className={dialogStyles.actions}>
          <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={onClose}>
            {cameras.cancel}
          </button>
          <button className={ui.button} type="submit" data-testid="camera-save" disabled={state === "working"}>
            {state === "working" ? cameras.working : camera === null ? form.add : form.save}
          </button>
        </div>
      </form>
    </Modal>
  );
}

/** What the routes read a draft from. */
type Body = Omit<CameraDraft, "choices"> & ReadingChoices;

/** What the server would refuse is not sent. */
async function added(draft: Body & { id: string }): Promise<CameraProblem | null> {
  const reading = readNewCamera(draft);
  return reading.ok ? addCamera(draft) : reading.problem;
}

async function changed(id: string, draft: Body): Promise<CameraProblem | null> {
  const reading = readCameraChange(draft);
  return reading.ok ? changeCamera(id, draft) : reading.problem;
}
