/** Deutsch für die Gründe, aus denen eine Einstellung nicht oder nur annähernd übernommen wird. */

export const reasons = {
  "reason.not_a_number": "Keine Zahl.",
  "reason.not_known": "Hier nicht bekannt.",
  "reason.not_yet": "Diese Version kann es noch nicht ({operation}).",
  "reason.not_taken": "{operation} nimmt es nicht an: {detail}.",
  "reason.out_of_range": "{value} liegt außerhalb des Bereichs, {used} wird verwendet.",
  "reason.said_by_another": "{other} sagt es.",
  "reason.no_name_of_lightrooms": "Kein Name von Lightroom; wird als {other} verstanden.",
  "reason.panel_off": "Das Bedienfeld ist abgeschaltet, darum bleiben seine Einstellungen weg.",
  "reason.old_slider": "Ein Regler von Lightroom 3 und davor; gelesen werden die von heute.",
  "reason.as_on_a_raw":
    "Wie in Lightroom bei einem RAW. Von einem Foto, das die Kamera entwickelt hat, wird angenommen, dass es auf Tageslicht abgeglichen ist.",
  "reason.tint_out_of_range":
    "{value} liegt außerhalb des Bereichs. Wie in Lightroom bei einem RAW. Von einem Foto, das die Kamera entwickelt hat, wird angenommen, dass es auf Tageslicht abgeglichen ist.",
  "reason.light_not_known": "Die Lichtart „{light}“ ist hier nicht bekannt.",
  "reason.shift_counts":
    "Die Vorgabe hat auch eine Verschiebung für entwickelte Fotos, und die zählt, auch bei einem RAW.",
  "reason.neither_kelvin_nor_shift": "Weder Kelvin noch eine Verschiebung von −100 bis 100.",
  "reason.goes_with_temperature": "Er gehört zur Temperatur.",
  "reason.taken_for_shift":
    "Lightroom liest es als Kelvin; da es keine sind, wird es als Verschiebung verstanden.",
  "reason.shift_as_temperature": "Wird als Verschiebung verstanden, wie die Temperatur.",
  "reason.gray_of_profile": "Vom Profil wird nur das Grau übernommen.",
  "reason.profile_not_supported": "Das Profil „{profile}“ wird nicht unterstützt.",
  "reason.profiles": "Profile werden nicht unterstützt.",
  "reason.automatic_grays":
    "Die automatische Mischung der Grautöne ist nicht bekannt; stell die Gewichte von Hand ein.",
  "reason.split_toning": "Die Teiltonung mischte ihre Farben ganz.",
  "reason.wheel_of_all_tones": "Ein Rad für alle Töne gibt es hier nicht.",
  "reason.calibration": "Die Kamerakalibrierung wird nicht unterstützt.",
  "reason.point_color": "Punktfarbe wird nicht unterstützt.",
  "reason.hdr": "HDR wird nicht unterstützt.",
  "reason.own_measure": "Nach unserem eigenen Maß gefunden, nicht nach dem von Adobe.",
  "reason.old_curve": "Eine Kurve von vor 2012; gelesen werden die von heute.",
  "reason.curve_not_known": "Die Kurve „{curve}“ ist hier nicht bekannt.",
  "reason.points_damaged": "Ihre Punkte sind beschädigt.",
  "reason.too_many_points": "Von ihren {points} Punkten werden {taken} genommen.",
  "reason.curve_by_regions":
    "Die Kurve nach Bereichen lässt sich nicht übernehmen, nur die nach Punkten.",
  "reason.curve_saturation": "Die Sättigung der Kurve lässt sich nicht eigens einstellen.",
  "reason.turned":
    "Gedreht wie in Lightroom und auf das größte Rechteck ohne leere Ecken geschnitten.",
  "reason.corners_of_turned": "Die Ecken eines gedrehten Rahmens lassen sich nicht übernehmen.",
  "reason.no_rectangle": "Die Ecken sind nicht die eines Rechtecks im Foto.",
  "reason.straightened_only": "Nur gerade gerichtet; die Perspektive bleibt.",
  "reason.upright_not_supported": "„Upright“ der Art {kind} wird nicht unterstützt.",
  "reason.perspective": "Die Perspektive lässt sich nicht übernehmen.",
  "reason.noise_reduction": "Die Rauschreduzierung ist hier ein einziger Regler.",
  "reason.moire": "Moiré-Reduzierung wird nicht unterstützt.",
  "reason.lens_corrections": "Objektivkorrekturen werden nicht unterstützt.",
  "reason.lens_blur": "Objektivunschärfe wird nicht unterstützt.",
  "reason.vignette_highlights": "Die Vignette kann die Lichter nicht aussparen.",
  "reason.vignette_roundness": "Die Vignette behält die Form des Fotos.",
  "reason.vignette_style": "Es gibt nur eine Art von Vignette.",
  "reason.local_edits": "Örtliche Bearbeitungen werden nicht übernommen.",
  "reason.no_counterpart": "In Vorgaben gibt es nichts, was dem entspricht.",
  "reason.light_or_shift":
    "Eine Vorgabe hat entweder ein Licht oder eine Verschiebung, nicht beides.",
  "reason.light_is_said": "Das Licht sagt white_balance.",
  "reason.corners_of_straightened": "Die Ecken eines gerade gerichteten Fotos sind dort andere.",
  "reason.no_aspect": "Vorgaben kennen nur Ecken, kein Seitenverhältnis.",
};
