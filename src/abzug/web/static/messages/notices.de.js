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
  "notice.unreadable_xmp": "Das XMP des Fotos ist nicht lesbar oder zu groß und wurde weggelassen.",
  "notice.gain_map":
    "Dieses Foto hat eine Gain Map für hellere Bildschirme. Die Ergebnisse haben keine.",
  "notice.credentials":
    "Dieses Foto hat Inhaltsnachweise (C2PA). Die Ergebnisse haben keine: von einem bearbeiteten Bild wären sie nicht wahr.",
  "notice.long_exif":
    "Ein Teil des EXIF, vielleicht die Herstellerdaten der Kamera, ist für {format} zu lang.",
  "notice.long_xmp": "Das XMP ist für {format} zu lang und wurde weggelassen.",
  "notice.as_shot": "Wie aufgenommen: Weißabgleich {kelvin:d} K, Farbton {tint:+}.",
  "notice.found": "{operation}: {sliders}.",
  "notice.nothing_to_change": "{operation}: nichts zu ändern.",
  "notice.no_people":
    "Unkenntlich machen: Namen von Personen, und wo sie zu sehen sind, wurden aus den Metadaten entfernt.",
  "notice.no_red_eye":
    "Rote Augen: in keinem Gesicht eine rote Pupille gefunden. Markiere die Pupillen von Hand.",
  "notice.only_points": "Rote Augen: Pupillen wurden nur an den angegebenen Punkten gesucht.",
  "notice.no_pupil_at":
    "Rote Augen: an {points:d} der angegebenen Punkte keine rote Pupille gefunden.",
  "notice.no_face":
    "Unkenntlich machen: kein Gesicht gefunden. Sieh das Ergebnis an, bevor du dich darauf verlässt.",
  "notice.missing_letters":
    "Für diese Zeichen des Wasserzeichens gibt es hier keine Schrift: {letters}",
  "notice.in_8_bits":
    "In 8 Bit bearbeitet: 16 Bit von {megapixels} Megapixeln passen nicht in den Speicher.",
  "notice.not_progressive":
    "{output} ist nicht progressiv: es hat mehr als {megapixels} Megapixel.",
};
