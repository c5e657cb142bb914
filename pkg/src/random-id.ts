/** A random UUID (version 4). `crypto.randomUUID` is missing on pages that are not served securely. */
export function randomId(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const bytes = Array.from(random, (byte, index) => {
    if (index === 6) return (byte & 0x0f) | 0x40;
    return index === 8 ? (byte & 0x3f) | 0x80 : byte;
  });
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
