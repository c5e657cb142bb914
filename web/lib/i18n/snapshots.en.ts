import type { Dictionary } from "./es";

/** The English texts of the events' pictures. */
export const snapshots: Dictionary["snapshots"] = {
  intro: {
    unknown: "Recognition happens on this device, and the video does not leave it. A small picture of each unknown face is kept.",
    everybody: "Recognition happens on this device, and the video does not leave it. A small picture of each face is kept.",
  },
  note: {
    unknown: {
      one: "A picture of each unknown face is kept for 1 day.",
      other: "A picture of each unknown face is kept for {count} days.",
    },
    everybody: {
      one: "A picture of each face is kept for 1 day.",
      other: "A picture of each face is kept for {count} days.",
    },
  },
  setting: {
    title: "Are pictures of faces kept with the events?",
    text: "A small picture, some 250 pixels wide, of each face that the live page or a kiosk reports. It is kept in this app's own folder, and whoever has an account here sees it under Events. It goes neither to the relay nor to webhooks, and it is not in the CSV file.",
    choices: {
      off: {
        label: "No",
        text: "No picture leaves the device. When this is saved, the pictures that are there are deleted.",
      },
      unknown: {
        label: "Of unknown faces only",
        text: "To see who was at the door and is not enrolled. Of whoever is recognised none is kept, and those that are there are deleted.",
      },
      everybody: {
        label: "Of everybody",
        text: "Of people who are enrolled, too. Say so where the camera is: a picture is personal data, and their consent may be needed.",
      },
    },
    days: "Each picture is deleted after",
    daysUnit: "days",
    effect: "It goes by itself, an hour later at most. It goes earlier when the person is forgotten, or when somebody deletes it from the event.",
    invalid: "Write a number from 1 to 90.",
  },
  show: "See the picture: {name}",
  alt: "Picture of the face: {name}",
  unknown: "unknown face",
  forgotten: "forgotten person",
  close: "Close",
  remove: "Delete the picture",
  removing: "Deleting…",
  removeFailed: "It could not be deleted. Please try again.",
  gone: "This picture has been deleted.",
  removeToo: "Delete this event's picture, too",
};
