/** The order in which people work, where the schema's is that of the passes; the rest follows. */

/** @import {Field} from "./types.js" */

const SECTIONS = [
  "automatic",
  "light",
  "color",
  "detail",
  "effects",
  "geometry",
  "retouch",
  "overlay",
];
const FIELDS = [
  ["exposure", "contrast", "highlights", "shadows", "whites", "blacks"],
  ["texture", "clarity", "dehaze", "vignette", "grain"],
  ["crop", "straighten", "rotate", "flip", "trim", "resize"],
].flat();

/**
 * @param {Field[]} fields
 * @returns {Field[]} section by section
 */
export const inWorkingOrder = (fields) =>
  fields.toSorted(
    (a, b) =>
      place(SECTIONS, a.section) - place(SECTIONS, b.section) ||
      place(FIELDS, a.name) - place(FIELDS, b.name),
  );

/**
 * @param {string[]} order
 * @param {string} name
 * @returns {number} where it comes; last where the order does not know it
 */
function place(order, name) {
  const index = order.indexOf(name.toLowerCase());
  return index < 0 ? order.length : index;
}
