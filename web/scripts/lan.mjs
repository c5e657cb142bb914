// Serves the web app and the relay to the network on one address, over HTTPS, as a browser gives its camera to no page
// without it. Both go on listening on this machine alone. `cargo xtask start --lan` runs this.
import { parseArgs } from "node:util";

import { keptCertificate } from "./lan/certificate.mjs";
import { createLanServer } from "./lan/server.mjs";

const { values } = parseArgs({
  options: {
    /** The address of this machine to listen on. */
    host: { type: "string" },
    port: { type: "string" },
    /** Where the web app and the relay are. */
    web: { type: "string" },
    relay: { type: "string" },
    /** The file that keeps the key and its certificate. */
    certificate: { type: "string" },
  },
});
const { host, port, web, relay, certificate } = values;
if (!host || !port || !web || !relay || !certificate) {
  console.error("usage: node scripts/lan.mjs --host IP --port PORT --web URL --relay URL --certificate FILE");
  process.exit(2);
}

const { pem, fingerprint } = await keptCertificate(certificate, host, new Date());
const server = createLanServer({ pem, web, relay });
server.on("error", (error) => {
  console.error(`https://${host}:${port} cannot be served: ${error.message}`);
  process.exit(1);
});
server.listen({ host, port: Number(port) }, () => {
  console.log(`https://${host}:${port}, certificate SHA-256 ${fingerprint}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
