/** A network between a client and the relay that can break. */
export interface Network {
  readonly url: string;
  cut(): void;
  hang(): void;
  heal(): void;
  refuse(matches: (path: string, head: string) => boolean): void;
  stop(): Promise<void>;
}

export function startNetwork(port: number): Promise<Network>;
