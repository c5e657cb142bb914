/** Runs one contestant, here or in a worker. */
let here;
let worker;

function ask(message) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.answer));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message);
  });
}

window.contestant = {
  async prepare(name, inWorker, config) {
    if (inWorker) {
      worker = new Worker("/pages/worker.js", { type: "module" });
      return ask({ prepare: name, config });
    }
    here = await import(`/pages/contestants/${name}.js`);
    return here.prepare(config);
  },
  run: (times) => (worker ? ask({ run: times }) : here.run(times)),
  call: (name, ...args) => here[name](...args),
};
