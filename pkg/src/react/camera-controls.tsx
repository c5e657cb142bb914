import { useLabels, type Labels, type Locale } from "./labels.js";
import { useStyles } from "./styles.js";
import type { Camera } from "./use-camera.js";

/** What {@link CameraControls} is given. */
export interface CameraControlsProps {
  /** Of `useCamera`. */
  readonly camera: Camera;
  readonly locale?: Locale | undefined;
  readonly labels?: Partial<Labels> | undefined;
}

/** The choice of cameras, where there are several, and the button that turns it off; nothing while it is off. */
export function CameraControls({ camera, locale, labels: replaced }: CameraControlsProps) {
  useStyles();
  const labels = useLabels(locale, replaced);
  const { state, devices, start, stop } = camera;
  if (state.phase !== "on") return null;
  return (
    <div className="rostro rostro-controls">
      {devices.length > 1 && (
        <label>
          <span className="rostro-hidden">{labels.camera}</span>
          <select className="rostro-select" value={state.deviceId} onChange={(event) => start(event.target.value)}>
            {devices.map((device, index) => (
              <option key={device.deviceId} value={device.deviceId}>
                {device.label || labels.cameraNumber(index + 1)}
              </option>
            ))}
          </select>
        </label>
      )}
      <button className="rostro-button rostro-stop" data-quiet="true" type="button" onClick={stop}>
        {labels.stop}
      </button>
    </div>
  );
}
