/** What is to be known of a result, by the server's codes. */

export const notices = {
  "notice.first_frame": "Only the first frame of this animation was used.",
  "notice.first_of_frames": "Only the first of {frames} frames was used.",
  "notice.first_of_frames_in": "Only the first of {frames} frames was used in {outputs}.",
  "notice.first_of_pages": "Only the first of {pages} pages was used.",
  "notice.hdr": "This photo is HDR. What is brighter than white in it was cut off.",
  "notice.compressed_metadata": "The metadata of the JPEG XL are compressed, and were left out.",
  "notice.raw_preview":
    "This RAW cannot be developed here. The preview that the camera has put into it, of {width:d} × {height:d} pixels, was used instead.",
  "notice.as_shot": "As shot, white balance is {kelvin:d} K with a tint of {tint:+}.",
  "notice.found": "{operation}: {sliders}.",
  "notice.nothing_to_change": "{operation}: nothing to change.",
  "notice.no_face": "Redact: no face was found. Look at the result before you rely on it.",
  "notice.missing_letters": "No font here has these letters of the watermark: {letters}",
  "notice.in_8_bits": "Edited in 8 bits: 16 bits of {megapixels} megapixels do not fit in memory.",
  "notice.not_progressive":
    "The result {output} is not progressive: it has more than {megapixels} megapixels.",
};
