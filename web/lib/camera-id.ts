/** Which camera a browser of this app is, by its address. Tickets are for that camera alone. */
import { presentText } from "./identity";

/** The camera that a browser is where its address names none. Every database has it. */
export const CAMERA_ID = "webcam";

/** Longest id, in characters, that the relay takes. */
const ID_MAX_CHARS = 200;

/** The pages that report what they see. */
export type ReportingPage = "/" | "/kiosk";

/** What a camera is called and whether what is seen as it is reported. */
export interface ReportingCamera {
  id: string;
  /** `null` where there is no such camera. */
  name: string | null;
  state: "on" | "off" | "unknown";
}

/** The address of a page that reports as that camera. */
export function cameraPath<Page extends ReportingPage>(page: Page, id: string): `${Page}?camera=${string}` {
  return `${page}?camera=${encodeURIComponent(id)}`;
}

/** Where a ticket for that camera is had. */
export function ticketPath(id: string): string {
  return `/api/relay/ticket?camera=${encodeURIComponent(id)}`;
}

/** Where the description is of what a device installs that is that camera. */
export function manifestPath(id: string): string {
  return id === CAMERA_ID ? "/manifest.webmanifest" : `/manifest.webmanifest?camera=${encodeURIComponent(id)}`;
}

/** The id in `?camera=`; `null` for none, and for what cannot be one. */
export function cameraIn(query: URLSearchParams): string | null {
  const id = presentText(query.get("camera"));
  return id === null || [...id].length > ID_MAX_CHARS ? null : id;
}

/** Whether that page reports what it sees; elsewhere `?camera=` says something else. */
export function isReportingPage(path: string): path is ReportingPage {
  return path === "/" || path === "/kiosk";
}
