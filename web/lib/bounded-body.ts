/** The bytes of a request's body. `too-large` as soon as there are more than `maxBytes`. */
export async function boundedBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | "too-large"> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) return "too-large";
  const bytes = new Uint8Array(maxBytes);
  let length = 0;
  for await (const chunk of request.body ?? []) {
    if (length + chunk.byteLength > maxBytes) return "too-large";
    bytes.set(chunk, length);
    length += chunk.byteLength;
  }
  return bytes.slice(0, length);
}

/** The JSON of a request's body. `too-large` as soon as there are more than `maxBytes`; `null` where it is no JSON. */
export async function boundedJson(request: Request, maxBytes: number): Promise<{ json: unknown } | "too-large"> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) return "too-large";
  if (request.body === null) return { json: null };
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return "too-large";
    text += decoder.decode(chunk, { stream: true });
  }
  try {
    return { json: JSON.parse(text + decoder.decode()) };
  } catch {
    return { json: null };
  }
}
