/** What is sent to the relay to be let in: a key, which stays, or tickets, each of which is good for a while. */
import { rostroError, RostroError } from "../errors.js";
import type { TicketAnswer } from "../generated/TicketAnswer.js";

/** Where tokens come from; without either, none is sent. */
export interface TokenSource {
  readonly apiKey?: string | undefined;
  readonly ticket?: (() => Promise<string>) | undefined;
}

/** The token to send now. */
export class Token {
  readonly #source: TokenSource;
  #asked: Promise<string> | undefined;
  #held: string | undefined;

  constructor(source: TokenSource) {
    this.#source = source;
  }

  /** The token; rejects as the function that gets tickets does. */
  async get(): Promise<string | undefined> {
    const { apiKey, ticket } = this.#source;
    if (ticket === undefined) return apiKey;
    // Whoever asks meanwhile waits for the same.
    this.#asked ??= ticket();
    try {
      this.#held = await this.#asked;
      return this.#held;
    } catch (error) {
      this.#asked = undefined;
      throw rostroError(error);
    }
  }

  /** The relay does not take `token`; whether another can be had. */
  renew(token: string | undefined): boolean {
    // Somebody else may have got another already.
    if (token === this.#held) this.#asked = undefined;
    return this.#source.ticket !== undefined;
  }
}

/**
 * Gets tickets from an address of the app's own, such as a route that `createTicketRoute` of `rostro/next` made. Rejects
 * with `unauthorized` where the app lets nobody in, else `relay-unreachable`.
 */
export function ticketFrom(url: string | URL): () => Promise<string> {
  return async () => {
    let response: Response;
    try {
      response = await fetch(url, { method: "POST" });
    } catch (cause) {
      throw new RostroError("relay-unreachable", "no ticket could be had: the app gave no answer", { cause });
    }
    if (response.status === 401 || response.status === 403) {
      throw new RostroError("unauthorized", "the app gives this page no ticket");
    }
    if (!response.ok) {
      throw new RostroError("relay-unreachable", `no ticket could be had: HTTP status ${response.status}`);
    }
    const { ticket }: TicketAnswer = await response.json();
    return ticket;
  };
}
