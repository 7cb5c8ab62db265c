"""Why a setting is not carried over, or not quite."""

from __future__ import annotations

from abzug.messages import Catalog

_AS_ON_A_RAW = (
    "As in Lightroom on a RAW. A photo that the camera has developed is taken to be balanced for "
    "daylight."
)


class Reason(Catalog):
    """In the page's catalogs as `reason.…`."""

    # of any setting
    not_a_number = "Not a number."
    not_known = "Not known here."
    not_yet = "This version cannot do it yet ({operation})."
    not_taken = "{operation} does not take it: {detail}."
    out_of_range = "{value} is out of range, {used} is used."
    said_by_another = "{other} says it."
    no_name_of_lightrooms = "No name of Lightroom's; taken for {other}."
    panel_off = "The panel is switched off, so its settings are left out."
    old_slider = "A slider of Lightroom 3 and before; those of today are read."
    # of light and color
    as_on_a_raw = _AS_ON_A_RAW
    tint_out_of_range = f"{{value}} is out of range. {_AS_ON_A_RAW}"
    light_not_known = "The light “{light}” is not known here."
    shift_counts = (
        "The preset has a shift for developed photos, too, and that counts, on a RAW as well."
    )
    neither_kelvin_nor_shift = "Neither kelvin nor a shift of −100 to 100."
    goes_with_temperature = "It goes with the temperature."
    taken_for_shift = "Lightroom reads it as kelvin; as it is none, it is taken for a shift."
    shift_as_temperature = "Taken for a shift, as the temperature is."
    gray_of_profile = "Only the grey of the profile is taken."
    profile_not_supported = "The profile “{profile}” is not supported."
    profiles = "Profiles are not supported."
    automatic_grays = "The automatic mix of greys is not known; set the weights by hand."
    split_toning = "Split toning mixed its colors fully."
    wheel_of_all_tones = "There is no wheel for all tones here."
    calibration = "Camera calibration is not supported."
    point_color = "Point color is not supported."
    hdr = "HDR is not supported."
    own_measure = "Found by our own measure, not by Adobe's."
    # of curves
    old_curve = "A curve of before 2012; those of today are read."
    curve_not_known = "The curve “{curve}” is not known here."
    points_damaged = "Its points are damaged."
    too_many_points = "Of its {points} points, {taken} are taken."
    curve_by_regions = "The curve by regions cannot be carried over, only the one by points."
    curve_saturation = "The curve's own saturation cannot be set."
    # of geometry
    turned = "Turned as in Lightroom, and cut to the largest rectangle without empty corners."
    corners_of_turned = "The corners of a turned frame cannot be carried over."
    no_rectangle = "The corners are not those of a rectangle within the photo."
    straightened_only = "Straightened only; perspective stays."
    upright_not_supported = "Upright of the kind {kind} is not supported."
    perspective = "Perspective cannot be carried over."
    # of detail and effects
    noise_reduction = "Noise reduction is one slider here."
    moire = "Moiré reduction is not supported."
    lens_corrections = "Lens corrections are not supported."
    lens_blur = "Lens blur is not supported."
    vignette_highlights = "Highlights cannot be spared by the vignette."
    vignette_roundness = "The vignette keeps the shape of the photo."
    vignette_style = "There is one style of vignette."
    local_edits = "Local edits are not imported."
    # of an export
    no_counterpart = "Presets have no counterpart."
    light_or_shift = "Presets have a light or a shift, not both."
    light_is_said = "white_balance says the light."
    corners_of_straightened = "The corners of a straightened photo are others there."
    no_aspect = "Presets have corners only, no aspect."
