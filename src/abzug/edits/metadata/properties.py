"""What the properties of a photo are about: the one place that knows.

By that, policy.py and xmp.py decide which go along into a result; what describes the picture's
geometry is brought along by regions.py, panorama.py and subject_area.py. Names are those of XMP,
numbers those of EXIF and IPTC.
"""

from __future__ import annotations

import enum

DC = "http://purl.org/dc/elements/1.1/"
EXIF = "http://ns.adobe.com/exif/1.0/"
TIFF = "http://ns.adobe.com/tiff/1.0/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
MWG_REGIONS = "http://www.metadataworkinggroup.com/schemas/regions/"
MICROSOFT_PHOTO = "http://ns.microsoft.com/photo/1.2/"
PANORAMA = "http://ns.google.com/photos/1.0/panorama/"
XMP_NOTE = "http://ns.adobe.com/xmp/note/"


class About(enum.Flag):
    """What a property tells of."""

    nothing = 0
    file = enum.auto()
    """The photo's file as it was: never true of a result."""
    place = enum.auto()
    people = enum.auto()
    """Who is seen, and where in the picture."""
    rights = enum.auto()


_FILE = {
    (DC, "format"),
    (PHOTOSHOP, "ColorMode"),
    (PHOTOSHOP, "ICCProfile"),
    (XMP_NOTE, "HasExtendedXMP"),
    *(
        (TIFF, name)
        for name in (
            "ImageWidth",
            "ImageLength",
            "BitsPerSample",
            "Compression",
            "PhotometricInterpretation",
            "Orientation",
            "SamplesPerPixel",
            "PlanarConfiguration",
            "YCbCrSubSampling",
            "YCbCrPositioning",
            "YCbCrCoefficients",
            "XResolution",
            "YResolution",
            "ResolutionUnit",
            "TransferFunction",
            "WhitePoint",
            "PrimaryChromaticities",
            "ReferenceBlackWhite",
            "NativeDigest",
        )
    ),
    *(
        (EXIF, name)
        for name in (
            "ColorSpace",
            "ComponentsConfiguration",
            "CompressedBitsPerPixel",
            "PixelXDimension",
            "PixelYDimension",
            "NativeDigest",
            "MakerNote",
        )
    ),
}
_FILE_BY_NAME = {
    "orientation",
    "thumbnails",
    "imagewidth",
    "imagelength",
    "pixelxdimension",
    "pixelydimension",
    "hasextendedxmp",
}
"""In whatever namespace."""
_FILE_PREFIXES = "microvideo", "motionphoto"
_FILE_SPACES = {
    "http://ns.adobe.com/hdr-gain-map/1.0/",
    "http://ns.apple.com/HDRGainMap/1.0/",
    "http://ns.google.com/photos/1.0/container/",
    "http://ns.google.com/photos/1.0/container/item/",
    "http://ns.google.com/photos/1.0/depthmap/",
    "http://ns.google.com/photos/1.0/focus/",
    "http://ns.google.com/photos/1.0/image/",
    "http://ns.google.com/photos/1.0/audio/",
    "http://ns.adobe.com/camera-raw-settings/1.0/",
    "http://ns.adobe.com/camera-raw-saved-settings/1.0/",
    "http://ns.adobe.com/camera-raw-defaults/1.0/",
    "http://ns.adobe.com/lightroom-settings-experimental/1.0/",
    "http://darktable.sf.net/",
    "http://www.rawtherapee.com/1.0/",
}
"""Gain maps, depth, sound and other files behind the picture, which a result does not have; and
what other programs are to do to the picture: they would do it to a result once more."""

_PLACES = {
    "location",
    "locationcreated",
    "locationshown",
    "sublocation",
    "city",
    "state",
    "province",
    "provincestate",
    "country",
    "countrycode",
    "countryname",
    "worldregion",
}
_PLACE_WORDS = "gps", "latitude", "longitude", "altitude"
"""In a name: of drones, cameras and phones."""
_PLACE_SPACES = {
    "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "http://www.dji.com/drone-dji/1.0/",
    "http://www.parrot.com/drone-parrot/1.0/",
    "http://pix4d.com/camera/1.0",
    "http://pix4d.com/camera/1.0/",
}
"""Of drones all of it goes: course, speed and height are the log of a flight."""

_PEOPLE = {
    (MWG_REGIONS, "Regions"),
    ("http://ns.microsoft.com/photo/1.2/", "RegionInfo"),
    (IPTC_EXT, "PersonInImage"),
    (IPTC_EXT, "PersonInImageWDetails"),
    (IPTC_EXT, "ImageRegion"),
    ("http://ns.iview-media.com/mediapro/1.0/", "People"),
    ("http://xmp.gettyimages.com/gift/1.0/", "Personality"),
    ("http://ns.acdsee.com/iptc/1.0/", "people"),
}
ACDSEE_REGIONS = "http://ns.acdsee.com/regions/"
_PEOPLE_SPACES = {
    "http://ns.apple.com/faceinfo/1.0/",
    ACDSEE_REGIONS,
}

_RIGHTS = {
    (DC, "creator"),
    (DC, "rights"),
    (PHOTOSHOP, "Credit"),
    (PHOTOSHOP, "AuthorsPosition"),
    (TIFF, "Artist"),
    (TIFF, "Copyright"),
}
_RIGHTS_SPACES = {
    "http://ns.adobe.com/xap/1.0/rights/",
    "http://ns.useplus.org/ldf/xmp/1.0/",
}

IPTC_PLACES = {26, 27, 90, 92, 95, 100, 101}
"""Content location, city, sub-location, province, country: data sets of record 2."""
IPTC_PREVIEW = {200, 201, 202}
"""Its format, the version of that, and the preview: the photo as it was before the edits."""


def about(space: str, name: str) -> About:
    """What a property of XMP is about."""
    lower, one = name.lower(), (space, name)
    found = About.nothing
    if (
        one in _FILE
        or lower in _FILE_BY_NAME
        or space in _FILE_SPACES
        or lower.startswith(_FILE_PREFIXES)
    ):
        found |= About.file
    if lower in _PLACES or any(word in lower for word in _PLACE_WORDS) or space in _PLACE_SPACES:
        found |= About.place
    if one in _PEOPLE or space in _PEOPLE_SPACES:
        found |= About.people
    if one in _RIGHTS or space in _RIGHTS_SPACES:
        found |= About.rights
    return found
