/**
 * German for the sentences in which the server tells what became of a preset's settings; `{…}` is
 * whatever stands there.
 */

/** @type {Record<string, string>} */
export const reasons = {
  "Not a number.": "Keine Zahl.",
  "Not known here.": "Hier nicht bekannt.",
  "A slider of Lightroom 3 and before; those of today are read.":
    "Ein Regler von Lightroom 3 und davor; gelesen werden die von heute.",
  "A curve of before 2012; those of today are read.":
    "Eine Kurve von vor 2012; gelesen werden die von heute.",
  "The curve by regions cannot be carried over, only the one by points.":
    "Die Kurve nach Bereichen lässt sich nicht übernehmen, nur die nach Punkten.",
  "The curve's own saturation cannot be set.":
    "Die Sättigung der Kurve lässt sich nicht eigens einstellen.",
  "There is no wheel for all tones here.": "Ein Rad für alle Töne gibt es hier nicht.",
  "The automatic mix of greys is not known; set the weights by hand.":
    "Die automatische Mischung der Grautöne ist nicht bekannt; stell die Gewichte von Hand ein.",
  "Noise reduction is one slider here.": "Die Rauschreduzierung ist hier ein einziger Regler.",
  "Highlights cannot be spared by the vignette.": "Die Vignette kann die Lichter nicht aussparen.",
  "The vignette keeps the shape of the photo.": "Die Vignette behält die Form des Fotos.",
  "There is one style of vignette.": "Es gibt nur eine Art von Vignette.",
  "Perspective cannot be carried over.": "Die Perspektive lässt sich nicht übernehmen.",
  "Lens corrections are not supported.": "Objektivkorrekturen werden nicht unterstützt.",
  "Camera calibration is not supported.": "Die Kamerakalibrierung wird nicht unterstützt.",
  "Profiles are not supported.": "Profile werden nicht unterstützt.",
  "Local edits are not imported.": "Örtliche Bearbeitungen werden nicht übernommen.",
  "Point color is not supported.": "Punktfarbe wird nicht unterstützt.",
  "Lens blur is not supported.": "Objektivunschärfe wird nicht unterstützt.",
  "Moiré reduction is not supported.": "Moiré-Reduzierung wird nicht unterstützt.",
  "HDR is not supported.": "HDR wird nicht unterstützt.",
  "The panel is switched off, so its settings are left out.":
    "Das Bedienfeld ist abgeschaltet, darum bleiben seine Einstellungen weg.",
  "Split toning mixed its colors fully.": "Die Teiltonung mischte ihre Farben ganz.",
  "{other} says it.": "{other} sagt es.",
  "{value} is out of range, {kept} is used.":
    "{value} liegt außerhalb des Bereichs, {kept} wird verwendet.",
  "No name of Lightroom's; taken for {other}.":
    "Kein Name von Lightroom; wird als {other} verstanden.",
  "This version cannot do it yet ({name}).": "Diese Version kann es noch nicht ({name}).",
  "{name} does not take it: {detail}.": "{name} nimmt es nicht an: {detail}.",
  "The light “{kind}” is not known here.": "Die Lichtart „{kind}“ ist hier nicht bekannt.",
  "The preset has a shift for developed photos, too, and that counts, on a RAW as well.":
    "Die Vorgabe hat auch eine Verschiebung für entwickelte Fotos, und die zählt, auch bei einem RAW.",
  "Neither kelvin nor a shift of −100 to 100.":
    "Weder Kelvin noch eine Verschiebung von −100 bis 100.",
  "It goes with the temperature.": "Er gehört zur Temperatur.",
  "Lightroom reads it as kelvin; as it is none, it is taken for a shift.":
    "Lightroom liest es als Kelvin; da es keine sind, wird es als Verschiebung verstanden.",
  "Taken for a shift, as the temperature is.":
    "Wird als Verschiebung verstanden, wie die Temperatur.",
  "As in Lightroom on a RAW. A photo that the camera has developed is taken to be balanced for daylight.":
    "Wie in Lightroom bei einem RAW. Von einem Foto, das die Kamera entwickelt hat, wird angenommen, dass es auf Tageslicht abgeglichen ist.",
  "{value} is out of range.": "{value} liegt außerhalb des Bereichs.",
  "Only the grey of the profile is taken.": "Vom Profil wird nur das Grau übernommen.",
  "The profile “{profile}” is not supported.": "Das Profil „{profile}“ wird nicht unterstützt.",
  "The curve “{name}” is not known here.": "Die Kurve „{name}“ ist hier nicht bekannt.",
  "Its points are damaged.": "Ihre Punkte sind beschädigt.",
  "Of its {points} points, {most} are taken.": "Von ihren {points} Punkten werden {most} genommen.",
  "Turned as in Lightroom, and cut to the largest rectangle without empty corners.":
    "Gedreht wie in Lightroom und auf das größte Rechteck ohne leere Ecken geschnitten.",
  "The corners of a turned frame cannot be carried over.":
    "Die Ecken eines gedrehten Rahmens lassen sich nicht übernehmen.",
  "The corners are not those of a rectangle within the photo.":
    "Die Ecken sind nicht die eines Rechtecks im Foto.",
  "Found by our own measure, not by Adobe's.":
    "Nach unserem eigenen Maß gefunden, nicht nach dem von Adobe.",
  "Straightened only; perspective stays.": "Nur gerade gerichtet; die Perspektive bleibt.",
  "Upright of the kind {kind} is not supported.":
    "„Upright“ der Art {kind} wird nicht unterstützt.",
};
