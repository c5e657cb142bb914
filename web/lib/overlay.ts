import type { Box } from "./faces";

/** In pixels. */
export interface FrameSize {
  width: number;
  height: number;
}

/** Where `box` is in the frame's mirror image. */
export function mirroredBox(box: Box, frame: FrameSize): Box {
  return { ...box, left: frame.width - box.right, right: frame.width - box.left };
}
