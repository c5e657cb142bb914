/** An input for a network: numbers from 0 to 255, the same every time. */
export function input(height, width) {
  let state = 12345;
  return Float32Array.from({ length: 3 * height * width }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 16) & 255;
  });
}

/** The bytes of a file. */
export async function bytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
