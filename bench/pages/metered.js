/** Keeps the memory of the module that is instantiated in this worker, for {@link wasmMemoryBytes}. */
let memory;

for (const name of ["instantiate", "instantiateStreaming"]) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...given) => {
    const made = await original.apply(WebAssembly, given);
    memory = (made.instance ?? made).exports.memory ?? memory;
    return made;
  };
}

globalThis.wasmMemoryBytes = () => memory?.buffer.byteLength ?? 0;
