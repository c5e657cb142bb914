import type { Dictionary } from "./es";

/** The English texts of models and limits. */
export const inUse: Dictionary["inUse"] = {
  title: "What the relay recognises with, and its limits",
  text: "Decided when the relay starts, and only shown here. To change it, see {name} in the documentation.",
  models: "Models",
  purposes: {
    "yunet-2023mar": "Finds faces and their five points.",
    "sface-2021dec": "Recognises people who are enrolled here.",
    "dlib-resnet-v1": "Recognises people who came with an encodings.npy.",
  },
  otherPurpose: "Another model of the relay's.",
  available: "Available",
  missing: "Not available",
  limits: "Limits",
  figures: {
    coolDown: "Time in which the same person at the same camera is not told again",
    reportAge: "How old a report may be when it reaches the relay",
    outbox: "How long a browser without a connection keeps a report; after that it is dropped",
    outboxSize: "Reports that a browser keeps at one time",
    clockAhead: "How far a device's clock may run ahead",
    faces: "Faces in one report",
    samples: "Samples in one enrolment",
    picture: "Largest picture",
    waiting: "Pictures that wait for their turn; others are told that it is busy",
    sockets: "Live connections at one time",
    webhooks: "Receivers of webhooks",
  },
  units: { megapixels: "{count} megapixels" },
};
