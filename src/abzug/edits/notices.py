"""What the person should know of a result that is no error."""

from __future__ import annotations

from abzug.messages import Catalog


class Told(Catalog):
    """In the page's catalogs as `notice.…`."""

    # of the file
    first_frame = "Only the first frame of this animation was used."
    first_of_frames = "Only the first of {frames} frames was used."
    first_of_frames_in = "Only the first of {frames} frames was used in {outputs}."
    first_of_pages = "Only the first of {pages} pages was used."
    hdr = "This photo is HDR. What is brighter than white in it was cut off."
    compressed_metadata = "The metadata of the JPEG XL are compressed, and were left out."
    raw_preview = (
        "This RAW cannot be developed here. The preview that the camera has put into it, of "
        "{width:d} × {height:d} pixels, was used instead."
    )
    unreadable_xmp = "The XMP of the photo cannot be read, or is too large, and was left out."
    gain_map = "This photo has a gain map, for brighter screens. The results have none."
    credentials = (
        "This photo has content credentials (C2PA). The results have none: they would not be true "
        "of an edited picture."
    )
    long_exif = "Some of the EXIF, the camera maker's note perhaps, is too long for a {format}."
    long_xmp = "The XMP is too long for a {format}, and was left out."
    # of what was asked for
    as_shot = "As shot, white balance is {kelvin:d} K with a tint of {tint:+}."
    found = "{operation}: {sliders}."
    nothing_to_change = "{operation}: nothing to change."
    no_people = "Redact: names and places of people were taken out of the metadata."
    no_red_eye = "Red eye: no red pupil was found in a face. Mark the pupils by hand."
    only_points = "Red eye: pupils were looked for only at the points that were given."
    no_pupil_at = "Red eye: no red pupil was found at {points:d} of the points that were given."
    no_face = "Redact: no face was found. Look at the result before you rely on it."
    missing_letters = "No font here has these letters of the watermark: {letters}"
    in_8_bits = "Edited in 8 bits: 16 bits of {megapixels} megapixels do not fit in memory."
    not_progressive = (
        "The result {output} is not progressive: it has more than {megapixels} megapixels."
    )
