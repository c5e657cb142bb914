/** A relay that runs. */
export interface RunningRelay {
  readonly url: string;
  readonly port: number;
  readonly flaskUrl: string;
  log(): string;
  stop(): Promise<void>;
}

export function portrait(name: string): string;
export function dataUrl(name: string): string;
export function encodingOf(name: string): Promise<number[]>;
export function startRelay(settings?: Readonly<Record<string, string>>): Promise<RunningRelay>;
