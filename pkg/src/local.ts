/**
 * People who are kept in this browser alone, for pages that have no relay.
 *
 * ```ts
 * const gallery = await LocalGallery.open();
 * const { samples } = await takeSamples(recognizer, pictures);
 * await gallery.add({ name: "Ana" }, samples);
 * const detach = await gallery.attach(recognizer); // from now on faces carry a `match`
 * ```
 *
 * @module
 */
export { LocalGallery, type LocalPerson } from "./local-gallery.js";
