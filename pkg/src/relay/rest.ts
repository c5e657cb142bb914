import { aborted, isErrorCode, RostroError } from "../errors.js";
import type { ErrorCode } from "../generated/ErrorCode.js";
import type { ErrorEnvelope } from "../generated/ErrorEnvelope.js";
import type { Token } from "./token.js";

/** What a {@link RestChannel} needs to know. */
export interface RestOptions {
  /** The relay's address, with a path if it is served below one. */
  readonly url: string;
  readonly token: Token;
  readonly timeoutMs: number;
  /** Ends every request: the client was closed. */
  readonly closed: AbortSignal;
  /** Told whether the relay answered. */
  readonly onState?: (state: "up" | "down") => void;
}

/** One request. */
export interface RestRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the relay's address, without a slash in front. */
  readonly path: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
}

/** The relay's REST side: every request settles, with an answer or a `RostroError`. */
export class RestChannel {
  readonly #options: RestOptions;
  readonly #base: string;

  constructor(options: RestOptions) {
    this.#options = options;
    this.#base = options.url.endsWith("/") ? options.url : `${options.url}/`;
  }

  /**
   * Sends a request; an answer that is neither a success nor 304 rejects with the code that it names.
   * No answer in time is `relay-unreachable`.
   */
  async send(request: RestRequest): Promise<Response> {
    const token = await this.#options.token.get().catch((error: unknown) => {
      this.#options.onState?.("down");
      throw error;
    });
    try {
      return await this.#send(request, token);
    } catch (error) {
      const isRefused = error instanceof RostroError && error.code === "unauthorized";
      if (!isRefused || !this.#options.token.renew(token)) throw error;
      return this.#send(request, await this.#options.token.get());
    }
  }

  /**
   * Sends a request whose answer may have no end. The body is the caller's to read, until the request's `signal` ends it;
   * the time limit holds for the beginning of the answer alone.
   */
  async stream(request: RestRequest): Promise<Response> {
    return this.#send(request, await this.#options.token.get(), "endless");
  }

  /** The JSON of the answer to a request. */
  async json<T>(request: RestRequest): Promise<T> {
    const response = await this.send(request);
    const body: T = await response.json().catch((cause: unknown) => {
      throw new RostroError("internal", "the relay's answer is no JSON", { cause });
    });
    return body;
  }

  async #send(request: RestRequest, token: string | undefined, length?: "endless"): Promise<Response> {
    const { closed, timeoutMs, onState } = this.#options;
    const stop = new AbortController();
    const onStop = () => {
      stop.abort();
    };
    let isOpen = false;
    const givers = [closed, request.signal].filter((signal) => signal !== undefined);
    for (const signal of givers) signal.addEventListener("abort", onStop, { once: true });
    if (givers.some((signal) => signal.aborted)) onStop();
    const timer = setTimeout(onStop, timeoutMs);
    try {
      const response = await fetch(new URL(request.path, this.#base), { ...init(request, token), signal: stop.signal });
      if (length === "endless" && response.ok) {
        onState?.("up");
        isOpen = true;
        return response;
      }
      // The body is read here, so that the time limit holds for it too.
      const body = await response.arrayBuffer();
      onState?.("up");
      return await checked(new Response(hasBody(response) ? body : null, response));
    } catch (cause) {
      if (cause instanceof RostroError) throw cause;
      if (closed.aborted) throw new RostroError("closed", "the relay client was closed");
      if (request.signal?.aborted) throw aborted(request.signal);
      onState?.("down");
      throw new RostroError("relay-unreachable", "the relay gave no answer", { cause });
    } finally {
      clearTimeout(timer);
      // An answer that goes on is ended by the same signals.
      if (!isOpen) for (const signal of givers) signal.removeEventListener("abort", onStop);
    }
  }
}

function init({ method, body, headers }: RestRequest, token: string | undefined): RequestInit {
  const all = new Headers(headers);
  if (token !== undefined) all.set("authorization", `Bearer ${token}`);
  if (body === undefined) return { method, headers: all };
  all.set("content-type", "application/json");
  return { method, headers: all, body: JSON.stringify(body) };
}

/** `Response` refuses a body with these. */
function hasBody({ status }: Response): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}

async function checked(response: Response): Promise<Response> {
  if (response.ok || response.status === 304) return response;
  const text = await response.text();
  throw refusal(response.status, text);
}

function refusal(status: number, text: string): RostroError {
  try {
    const { error }: ErrorEnvelope = JSON.parse(text);
    if (isErrorCode(error.code)) return new RostroError(error.code, error.message, { field: error.field });
  } catch {
    // Not an answer of the relay's own; a proxy's, perhaps.
  }
  return new RostroError(codeOf(status), `the relay answered with HTTP status ${status}`);
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not-found";
    case 409:
      return "conflict";
    case 413:
      return "too-large";
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return "busy";
    case 507:
      return "storage-full";
    default:
      return status < 500 ? "invalid-request" : "internal";
  }
}
