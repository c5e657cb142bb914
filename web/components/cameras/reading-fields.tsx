"use client";

import { useId, useState } from "react";

import {
  MIN_FACE_MAX_PX,
  RTSP_TRANSPORTS,
  type CameraLine,
  type CameraProblem,
  type Corner,
  type ReadingChoices,
} from "@/lib/cameras";
import { fill } from "@/lib/i18n";
import { cornersOf, FIRST_RECTANGLE, rectangleOf } from "@/lib/zone";

import dialogStyles from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import styles from "./cameras.module.css";
import { ZoneEditor } from "./zone-editor";

/** Thresholds that are offered, on the scale where 0.6 is every model's default. */
const THRESHOLDS = { strict: 0.5, usual: 0.6, lenient: 0.7 } as const;

interface ReadingFieldsProps {
  /** What is changed; `null` for a new one. */
  camera: CameraLine | null;
  /** What was chosen so far; what is left out stays as it is. */
  choices: ReadingChoices;
  problem: CameraProblem | null;
  onChange: (choices: ReadingChoices) => void;
}

/** How the relay reads a camera: its login, and what counts in its pictures. */
export function ReadingFields({ camera, choices, problem, onChange }: ReadingFieldsProps) {
  const { form } = useI18n().t.cameras;
  const id = useId();
  const atRelay = camera?.atRelay ?? null;
  const [withoutLogin, setWithoutLogin] = useState(false);
  const login = (part: "username" | "password") => ({
    autoComplete: part === "password" ? "new-password" : "off",
    disabled: withoutLogin || atRelay?.isOfEnvironment === true,
    value: choices[part] ?? "",
    "aria-invalid": problem === "invalid-login",
    "aria-describedby": `${id}-login`,
    "data-testid": `camera-${part}`,
    onChange: ({ target }: { target: { value: string } }) => {
      const { [part]: _, ...others } = choices;
      onChange(target.value === "" ? others : { ...others, [part]: target.value });
    },
  });
  const threshold = choices.threshold === undefined ? (atRelay?.threshold ?? null) : choices.threshold;
  const isOffered = threshold === null || Object.values<number>(THRESHOLDS).includes(threshold);
  return (
    <>
      <div className={styles.pair}>
        <label className={dialogStyles.field}>
          <span>
            {form.username} <span className="muted small">({form.optional})</span>
          </span>
          <input type="text" autoCapitalize="none" spellCheck={false} {...login("username")} />
        </label>
        <label className={dialogStyles.field}>
          <span>
            {form.password} <span className="muted small">({form.optional})</span>
          </span>
          <input type="password" {...login("password")} />
        </label>
      </div>
      <p className="muted small" id={`${id}-login`}>
        {atRelay?.hasLogin === true && `${form.loginKept} `}
        {form.loginHint}
      </p>
      {atRelay?.hasLogin === true && !atRelay.isOfEnvironment && (
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={withoutLogin}
            data-testid="camera-no-login"
            onChange={({ target: { checked } }) => {
              setWithoutLogin(checked);
              const { username: _user, password: _password, ...others } = choices;
              onChange(checked ? { ...others, username: null, password: null } : others);
            }}
          />
          {form.noLogin}
        </label>
      )}
      <label className={dialogStyles.field}>
        <span>{form.threshold}</span>
        <select
          value={threshold ?? ""}
          data-testid="camera-threshold"
          onChange={({ target }) => onChange({ ...choices, threshold: target.value === "" ? null : Number(target.value) })}
        >
          <option value="">{form.thresholds.relay}</option>
          {(["strict", "usual", "lenient"] as const).map((word) => (
            <option key={word} value={THRESHOLDS[word]}>
              {form.thresholds[word]}
            </option>
          ))}
          {!isOffered && <option value={threshold}>{fill(form.thresholds.own, { value: threshold })}</option>}
        </select>
      </label>
      <ZoneField camera={camera} choices={choices} onChange={onChange} />
      <details className={styles.links} data-testid="camera-advanced">
        <summary>{form.advanced}</summary>
        <label className={dialogStyles.field}>
          <span>{form.minFace}</span>
          <input
            type="number"
            min={0}
            max={MIN_FACE_MAX_PX}
            step={1}
            inputMode="numeric"
            value={choices.minFacePx ?? atRelay?.minFacePx ?? 0}
            aria-invalid={problem === "invalid-min-face"}
            aria-describedby={`${id}-face`}
            data-testid="camera-min-face"
            onChange={({ target }) => onChange({ ...choices, minFacePx: target.valueAsNumber || 0 })}
          />
        </label>
        <p className="muted small" id={`${id}-face`}>
          {form.minFaceHint}
        </p>
        <label className={dialogStyles.field}>
          <span>{form.transport}</span>
          <select
            value={choices.rtspTransport ?? atRelay?.rtspTransport ?? "auto"}
            data-testid="camera-transport"
            onChange={({ target }) => {
              const chosen = RTSP_TRANSPORTS.find((transport) => transport === target.value);
              onChange({ ...choices, ...(chosen && { rtspTransport: chosen }) });
            }}
          >
            {RTSP_TRANSPORTS.map((transport) => (
              <option key={transport} value={transport}>
                {form.transports[transport]}
              </option>
            ))}
          </select>
        </label>
      </details>
    </>
  );
}

/** The whole picture, a rectangle, or what somebody drew elsewhere. */
function ZoneField({ camera, choices, onChange }: Omit<ReadingFieldsProps, "problem">) {
  const { form } = useI18n().t.cameras;
  const id = useId();
  const { id: relayId, zone: held = null, status } = camera?.atRelay ?? {};
  const zone: Corner[] | null = choices.zone === undefined ? held : choices.zone;
  const rectangle = rectangleOf(zone);
  const kind = zone === null ? "all" : rectangle === null ? "own" : "rectangle";
  const { width = null, height = null } = status ?? {};
  const canDraw = relayId !== undefined && width !== null && height !== null;
  if (!canDraw && held === null) return <p className="muted small">{form.zoneLater}</p>;
  return (
    <>
      <label className={dialogStyles.field}>
        <span>{form.zone}</span>
        <select
          value={kind}
          data-testid="camera-zone"
          onChange={({ target }) => {
            if (target.value === "all") onChange({ ...choices, zone: null });
            else if (target.value === "own") onChange({ ...choices, zone: held });
            else onChange({ ...choices, zone: cornersOf(rectangleOf(held) ?? FIRST_RECTANGLE) });
          }}
        >
          <option value="all">{form.zones.all}</option>
          {(canDraw || kind === "rectangle") && <option value="rectangle">{form.zones.rectangle}</option>}
          {held !== null && rectangleOf(held) === null && (
            <option value="own">{fill(form.zones.own, { count: held.length })}</option>
          )}
        </select>
      </label>
      {rectangle !== null && canDraw && (
        <>
          <ZoneEditor
            cameraId={relayId}
            size={{ width, height }}
            rectangle={rectangle}
            onChange={(drawn) => onChange({ ...choices, zone: cornersOf(drawn) })}
          />
          <p className="muted small" id={id}>
            {form.zoneHint}
          </p>
        </>
      )}
    </>
  );
}
