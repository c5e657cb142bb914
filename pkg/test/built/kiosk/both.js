// Both libraries in one page, for tests to ask the same of each.
import * as ours from "rostro/face-api";
import * as theirs from "face-api-itself";

const load = async (lib) => {
  await lib.tf.ready();
  await Promise.all([
    lib.nets.ssdMobilenetv1.loadFromUri("/weights"),
    lib.nets.faceLandmark68Net.loadFromUri("/weights"),
    lib.nets.faceRecognitionNet.loadFromUri("/weights"),
  ]);
};

/** What each library finds in a portrait. */
async function found(name) {
  const image = await ours.fetchImage(`/pictures/${name}.png`);
  const of = async (lib) => {
    const { detection, descriptor } = await lib.detectSingleFace(image).withFaceLandmarks().withFaceDescriptor();
    const { x, y, width, height } = detection.box;
    return { box: { x, y, width, height }, descriptor };
  };
  const [one, other] = [await of(ours), await of(theirs)];
  return { ours: one, theirs: other, apart: ours.euclideanDistance(one.descriptor, other.descriptor) };
}

Object.assign(globalThis, { both: { libs: { ours, theirs }, found, loaded: Promise.all([load(ours), load(theirs)]) } });
