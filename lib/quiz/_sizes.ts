/** Pixels of the image asked about, cut to a square as the model sees it: enough to recognise what can be recognised. */
export const IMAGE_PIXELS = 384;

/** Pixels of the pictures on the buttons: sharp at 56 points on screens with two pixels to a point. */
export const REFERENCE_PIXELS = 112;
