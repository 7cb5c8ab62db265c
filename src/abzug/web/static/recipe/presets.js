/** Recipes to begin with. */

/** @import {Key} from "../lib/i18n.js" */
/** @import {Edits, Output} from "../server/types.js" */

/**
 * `impression`: a CSS filter that hints at the look on a drawn sample. It is never put on a photo:
 * there only the engine's own result is shown.
 *
 * @typedef {{name: Key, edits: Edits, impression: string}} Preset
 * @typedef {{name: Key, about: Key, preset: Key, outputs: Output[], scene: string}} Start
 */

/** @type {Preset[]} */
export const PRESETS = [
  { name: "preset.original", edits: {}, impression: "none" },
  {
    name: "preset.clean",
    edits: { exposure: 0.35, contrast: 12, shadows: 22, vibrance: 14 },
    impression: "brightness(1.1) contrast(1.08) saturate(1.15)",
  },
  {
    name: "preset.warm",
    edits: { exposure: 0.2, contrast: 18, temperature: 22, vibrance: 10 },
    impression: "sepia(.28) saturate(1.35) contrast(1.1) brightness(1.05)",
  },
  {
    name: "preset.matte",
    edits: { contrast: -12, blacks: 24, temperature: -16, saturation: -14 },
    impression: "saturate(.72) hue-rotate(8deg) contrast(.9) brightness(1.06)",
  },
  {
    name: "preset.silver",
    edits: { saturation: -100, contrast: 26 },
    impression: "grayscale(1) contrast(1.22)",
  },
  {
    name: "preset.punch",
    edits: { contrast: 30, vibrance: 36, blacks: -12 },
    impression: "contrast(1.24) saturate(1.5)",
  },
];

/** @type {Start[]} */
export const STARTS = [
  {
    name: "start.web",
    about: "start.web.about",
    preset: "preset.punch",
    scene: "forest",
    outputs: [
      { name: "web", format: "jpeg", quality: 85, max_side: 2048 },
      { name: "small", format: "webp", quality: 80, max_side: 1024 },
    ],
  },
  {
    name: "start.silver",
    about: "start.silver.about",
    preset: "preset.silver",
    scene: "ridges",
    outputs: [{ name: "print", format: "jpeg", quality: 95, max_side: null }],
  },
  {
    name: "start.warm",
    about: "start.warm.about",
    preset: "preset.warm",
    scene: "dunes",
    outputs: [{ name: "social", format: "jpeg", quality: 88, max_side: 1440 }],
  },
];
