// What excerpts in the docs take for granted: everything else they must say themselves.
declare const recognizer: import("rostro").Recognizer;
declare const relay: import("rostro/relay").RelayClient;
declare const video: HTMLVideoElement;
declare const faces: readonly import("rostro").Face[];
declare const embedding: Float32Array;
declare const samples: readonly Float32Array[];
declare const pictures: readonly Blob[];
declare const personId: string;
declare const model: string;
declare const body: string;
declare const headers: Record<string, string>;
declare const advice: Readonly<Record<string, string>>;
declare function draw(faces: readonly import("rostro").Face[], frame: { width: number; height: number }): void;
declare function show(...what: unknown[]): void;
declare function store(...what: unknown[]): Promise<import("rostro/next").StoredDetection>;
declare function findCamera(id: string | null): Promise<object | null>;
