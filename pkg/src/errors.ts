import type { ErrorBody } from "./generated/ErrorBody.js";
import type { ErrorCode } from "./generated/ErrorCode.js";
import { ERROR_CODES } from "./generated/errorCodes.js";

/** The one error that this package throws. `code` is for programs and never renamed; `message` is for people. */
export class RostroError extends Error {
  override readonly name = "RostroError";
  /** What went wrong. */
  readonly code: ErrorCode;
  /** The field at fault, where there is one. */
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, options: { field?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
  }

  /**
   * The error that another thread or the relay described.
   *
   * @internal
   */
  static from(body: ErrorBody): RostroError {
    return new RostroError(isErrorCode(body.code) ? body.code : "internal", body.message, { field: body.field });
  }
}

/** Whether `value` is a code that this version knows; a newer relay may send others. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return ERROR_CODES.some((code) => code === value);
}

/** `error` as it crosses to another thread: whatever is not ours is `internal`. */
export function describe(error: unknown): ErrorBody {
  const message = error instanceof Error ? error.message : "something other than an error was thrown";
  const code = error instanceof Error && "code" in error && isErrorCode(error.code) ? error.code : "internal";
  const field = error instanceof RostroError ? error.field : undefined;
  return field === undefined ? { code, message } : { code, message, field };
}

/** `error` as a {@link RostroError}; one of ours stays itself. */
export function rostroError(error: unknown): RostroError {
  if (error instanceof RostroError) return error;
  const { code, message } = describe(error);
  return new RostroError(code, message, { cause: error });
}

/** Settles as `work` does, or rejects with `aborted` as soon as `signal` is aborted. */
export function abortable<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(aborted(signal));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", onAbort);
    });
  });
}

/** The error of a request that its caller gave up. */
export function aborted(signal: AbortSignal): RostroError {
  return new RostroError("aborted", "the caller gave the request up", { cause: signal.reason });
}

/** Why there was no answer, where the browser knows: for the end of a message. */
export function offlineHint(): string {
  const isOffline = "navigator" in globalThis && navigator.onLine === false;
  return isOffline ? "; the browser is offline, and has not kept it from an earlier visit" : "";
}
