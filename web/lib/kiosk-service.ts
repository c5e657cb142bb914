/** Who a kiosk's face is, asked by this app's server. */
import "server-only";

import { kioskAnswer, type KioskAnswer } from "./kiosk";
import { withRelay } from "./with-relay";

/** The model whose space descriptors of kiosks are in. */
const KIOSK_MODEL = "dlib-resnet-v1";

/** Rejects with the relay client's `RostroError`. */
export function recognizeAtKiosk(descriptor: readonly number[]): Promise<KioskAnswer> {
  return withRelay(async (relay) => {
    const found = await relay.identify([{ model: KIOSK_MODEL, embedding: descriptor }]);
    if (found.person_id === null) return kioskAnswer(found, null);
    const { name, client_id: clientId } = await relay.person(found.person_id);
    return kioskAnswer(found, { name, clientId });
  });
}
