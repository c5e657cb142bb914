/** Runs one contestant in a worker. */
let contestant;

onmessage = async ({ data }) => {
  try {
    if ("prepare" in data) {
      contestant = await import(`/pages/contestants/${data.prepare}.js`);
      postMessage({ answer: await contestant.prepare(data.config) });
    } else {
      postMessage({ answer: await contestant.run(data.run) });
    }
  } catch (error) {
    postMessage({ error: String(error?.message ?? error) });
  }
};
