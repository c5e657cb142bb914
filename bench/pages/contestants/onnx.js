/** Just enough of ONNX's protobuf to give a network another input than its file declares. */

const MODEL_GRAPH = 7;
const [GRAPH_OUTPUT, GRAPH_VALUE_INFO] = [12, 13];
const VALUE_NAME = 1;
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];

/** The fields of a message: number, where it begins and ends, and where its content begins. */
function* fields(message) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const start = at;
    const key = varint();
    const kind = key % 8;
    const length = kind === BYTES ? varint() : 0;
    const content = at;
    if (kind === VARINT) varint();
    else at += { [FIXED64]: 8, [BYTES]: length, [FIXED32]: 4 }[kind];
    yield { number: (key - kind) / 8, start, content, end: at };
  }
}

/** The message with the content of each field as `change` gives it, which leaves out what it gives nothing for. */
function changed(message, change) {
  const parts = [];
  for (const { number, start, content, end } of fields(message)) {
    const before = message.subarray(content, end);
    const after = change(number, before);
    if (after === before) parts.push(message.subarray(start, end));
    else if (after !== undefined) parts.push(header(number, after.length), after);
  }
  return joined(parts);
}

function header(number, length) {
  const bytes = [];
  for (let value of [number * 8 + BYTES, length]) {
    for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
    bytes.push(value);
  }
  return Uint8Array.from(bytes);
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * YuNet's file declares an input of 640 × 640, and all sizes that follow from it; the network takes any multiples of 32.
 * Gives the file for `height` × `width`, or a file that declares another input as it is.
 */
export function resized(onnx, height, width) {
  const side = (pixels) => [0x0a, 3, 0x08, (pixels & 127) | 128, pixels >> 7];
  const declared = [...side(640), ...side(640)];
  const at = onnx.findIndex((_, start) => declared.every((byte, i) => onnx[start + i] === byte));
  if (at < 0) return onnx;
  const input = onnx.slice();
  input.set([...side(height), ...side(width)], at);
  const nameAlone = (value) => changed(value, (number, content) => (number === VALUE_NAME ? content : undefined));
  return changed(input, (number, graph) => {
    if (number !== MODEL_GRAPH) return graph;
    return changed(graph, (number, content) => {
      if (number === GRAPH_VALUE_INFO) return undefined;
      return number === GRAPH_OUTPUT ? nameAlone(content) : content;
    });
  });
}
