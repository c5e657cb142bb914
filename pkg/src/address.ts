import { RostroError } from "./errors.js";

/** `url` as an absolute address; what is relative is so to the page. */
export function absolute(url: string | URL): string {
  try {
    return new URL(url, document.baseURI).href;
  } catch (cause) {
    throw new RostroError("invalid-request", "an address in the options is not one", { cause });
  }
}
