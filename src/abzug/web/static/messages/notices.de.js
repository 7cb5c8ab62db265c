/** Deutsch für das, was von einem Ergebnis zu wissen ist. */

export const notices = {
  "notice.first_frame": "Nur das erste Bild dieser Animation wurde verwendet.",
  "notice.first_of_frames": "Nur das erste von {frames} Bildern wurde verwendet.",
  "notice.first_of_frames_in": "In {outputs} wurde nur das erste von {frames} Bildern verwendet.",
  "notice.first_of_pages": "Nur die erste von {pages} Seiten wurde verwendet.",
  "notice.hdr": "Dieses Foto ist HDR. Was darin heller als Weiß ist, wurde abgeschnitten.",
  "notice.compressed_metadata":
    "Die Metadaten des JPEG XL sind komprimiert und wurden weggelassen.",
  "notice.raw_preview":
    "Diese RAW-Datei lässt sich hier nicht entwickeln: statt ihrer wurde das Vorschaubild der Kamera verwendet, {width:d} × {height:d} Pixel.",
  "notice.as_shot": "Wie aufgenommen: Weißabgleich {kelvin:d} K, Farbton {tint:+}.",
  "notice.found": "{operation}: {sliders}.",
  "notice.nothing_to_change": "{operation}: nichts zu ändern.",
  "notice.no_face":
    "Unkenntlich machen: kein Gesicht gefunden. Sieh das Ergebnis an, bevor du dich darauf verlässt.",
  "notice.missing_letters":
    "Für diese Zeichen des Wasserzeichens gibt es hier keine Schrift: {letters}",
  "notice.in_8_bits":
    "In 8 Bit bearbeitet: 16 Bit von {megapixels} Megapixeln passen nicht in den Speicher.",
  "notice.not_progressive":
    "{output} ist nicht progressiv: es hat mehr als {megapixels} Megapixel.",
};
