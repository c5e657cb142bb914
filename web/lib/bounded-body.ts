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
