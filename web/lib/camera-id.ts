/** The camera that a browser of this app is. The database knows it by this id, and tickets are for it alone. */
export const CAMERA_ID = "webcam";
