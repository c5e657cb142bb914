/** A receiver of webhooks on this machine, which answers as it is told. */
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/** What the relay posted. */
export interface Received {
  webhookId: string;
  signature: string;
  timestamp: string;
  body: string;
}

export interface Receiver {
  /** Its address, with a part that nobody is to see. */
  readonly url: string;
  readonly received: Received[];
  /** How the next deliveries are answered. */
  answer: number;
  close(): Promise<void>;
}

/** Listens on a free port; answers 500 until told otherwise. */
export async function openReceiver(hidden: string): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const header = (name: string) => String(request.headers[name] ?? "");
      received.push({
        webhookId: header("webhook-id"),
        signature: header("webhook-signature"),
        timestamp: header("webhook-timestamp"),
        body,
      });
      response.writeHead(receiver.answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  const receiver: Receiver = {
    url: `http://127.0.0.1:${address.port}/hook?token=${hidden}`,
    received,
    answer: 500,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

/** Whether a delivery is signed with `secret`, as Standard Webhooks are. */
export function isSignedWith(secret: string, { webhookId, timestamp, signature, body }: Received): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/u, ""), "base64");
  const expected = createHmac("sha256", key).update(`${webhookId}.${timestamp}.${body}`).digest("base64");
  return signature.split(" ").includes(`v1,${expected}`);
}
