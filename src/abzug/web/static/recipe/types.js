/** What the schema says of a form's field. Types only. */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {"range" | "number" | "switch" | "choice" | "text" | "color" | "asset" | "group" | "either" |
 *   "entry" | "curve" | "curves" | "marks" | "opaque"} kind
 *   asset: the id of a stored file;
 *   either: one of several groups;
 *   entry: a list of which the form shows one;
 *   curve: points of one, [before, after]; curves: a group of nothing else;
 *   marks: places in the picture, and nothing else
 * @property {string} label
 * @property {string} section
 * @property {string} hint
 * @property {string} unit
 * @property {number} scale what one of that unit is to the server: 1,000,000 for MB of bytes
 * @property {string[]} formats of an output that it is for; none: for all of them
 * @property {Record<string, unknown>} onlyWith values of its neighbors without which it says nothing
 * @property {string} asset what file: "lut", "photo"
 * @property {Mark | null} mark what of it are places in the picture
 * @property {string} stage of an operation, in the chain of edits
 * @property {number} order of an operation, in its stage
 * @property {unknown} initial what it is without being touched
 * @property {Record<string, unknown>} defaults the same of outputs in formats of which it is another
 * @property {boolean} required
 * @property {boolean} nullable
 * @property {boolean} nested whether it is part of a group
 * @property {number} min
 * @property {number} max
 * @property {number} most of a list
 * @property {number} step
 * @property {(string | number)[]} options
 * @property {string} pattern
 * @property {string[]} examples
 * @property {Field[]} fields of a group; the groups of an either; what an entry is
 */

/**
 * @typedef {object} Mark
 * @property {"corners" | "spots" | "boxes" | "frame"} kind
 *   corners: four points, clockwise; spots: points; boxes: rectangles; frame: the one rectangle that
 *   the operation itself is
 * @property {string} part of the operation's value that holds them; "" for a frame
 * @property {number} most
 */

export {};
