/**
 * Marks on a picture: what an operation takes as places in it, in fractions of its sides. Which
 * operations do is read off the schema's shapes, not off their names.
 */

/** @import {Field} from "./schema.js" */
/** @import {Edits, Schema} from "./types.js" */

/**
 * @typedef {object} Mark
 * @property {"corners" | "spots" | "boxes" | "frame"} kind
 *   corners: four points, clockwise; spots: points; boxes: rectangles; frame: the one rectangle that
 *   the operation itself is
 * @property {string} part of the operation's value that holds them; "" for a frame
 * @property {number} most
 */

/** @typedef {{x: number, y: number, width: number, height: number}} Box  a point is without extent */
/** @typedef {-1 | 0 | 1} Side  of a box: left or upper, none, right or lower */

const LEAST = 0.01; // of the picture's side: what a box keeps when it is made smaller
const SHARP = 10_000; // fractions are rounded to this part of a side
const LEAST_TURN = 1e-3; // twice the area of a corner's triangle: less is as good as a line
/** Clockwise from the upper left one.
 * @type {[number, number][]} */
const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];
const WHOLE = { x: 0, y: 0, width: 1, height: 1 };

/**
 * @param {Schema} list of an array
 * @param {Schema} item of its items
 * @returns {Mark["kind"] | null} what its items are on a picture
 */
export function kindOfMarks({ type, prefixItems = [] }, item) {
  if (type !== "array") return null;
  const pairs = prefixItems.filter((/** @type {Schema} */ pair) =>
    pair["prefixItems"]?.every(isFraction),
  );
  if (pairs.length === CORNERS.length) return "corners";
  if (isFrame(item)) return "boxes";
  return Object.keys(item["properties"] ?? {}).join() === "x,y" && hasFractions(item, ["x", "y"])
    ? "spots"
    : null;
}

/**
 * @param {Schema} schema of an object
 * @returns {boolean} whether it is a rectangle, whatever else it is
 */
export const isFrame = (schema) => hasFractions(schema, Object.keys(WHOLE));

/**
 * @param {Schema} schema
 * @param {string[]} names
 */
const hasFractions = ({ properties = {} }, names) =>
  names.every((name) => name in properties && isFraction(properties[name]));

/** @param {Schema} schema */
const isFraction = ({ type, maximum, exclusiveMaximum }) =>
  type === "number" && (maximum ?? exclusiveMaximum) === 1;

/**
 * @param {Mark} mark
 * @param {unknown} value of the operation
 * @returns {Box[]}
 */
export function boxesOf({ kind, part }, value) {
  const given = /** @type {Record<string, any>} */ (value ?? {});
  if (kind === "frame") return [{ ...WHOLE, ...partOf(given) }];
  const list = /** @type {any[]} */ (given[part] ?? []);
  if (kind === "corners") return list.map(([x, y]) => ({ x, y, width: 0, height: 0 }));
  return list.map(({ x, y, width = 0, height = 0 }) => ({ x, y, width, height }));
}

/**
 * @param {Mark} mark
 * @param {readonly Box[]} boxes
 * @returns {Edits} the part of the operation's value that they are
 */
function partWith({ kind, part }, boxes) {
  if (kind === "frame") return { ...boxes[0] };
  if (kind === "boxes") return { [part]: boxes };
  const points = boxes.map(({ x, y }) => (kind === "corners" ? [x, y] : { x, y }));
  return { [part]: points };
}

/**
 * @param {Mark} mark
 * @returns {Box[]} those that change nothing
 */
export function neutralBoxes({ kind }) {
  if (kind === "frame") return [WHOLE];
  return kind === "corners" ? CORNERS.map(([x, y]) => ({ x, y, width: 0, height: 0 })) : [];
}

/**
 * @param {Field} field
 * @param {readonly Box[]} boxes
 * @returns {unknown} what one photo has as its own: a part of the value, or all of it
 */
export const ownPart = ({ initial, mark }, boxes) =>
  boxes.length === 0 && !isObject(initial) ? initial : partWith(/** @type {Mark} */ (mark), boxes);

/**
 * @param {Field} field
 * @param {unknown} value
 * @param {readonly Box[]} boxes
 * @returns {unknown} the value with these marks, and else as it was
 */
export const valueWith = (field, value, boxes) =>
  joined(isObject(value) ? value : field.initial, ownPart(field, boxes));

/**
 * @param {Edits} edits
 * @param {Edits} own parts of them that one photo has as its own
 * @returns {Edits} those that differ for this photo
 */
export const ownEdits = (edits, own) =>
  Object.fromEntries(Object.entries(own).map(([name, part]) => [name, joined(edits[name], part)]));

/**
 * @param {unknown} value of an operation
 * @param {unknown} part
 * @returns {unknown} the value with the part; what is no object is replaced
 */
export const joined = (value, part) =>
  isObject(value) && isObject(part)
    ? { .../** @type {object} */ (value), .../** @type {object} */ (part) }
    : part;

/** @param {unknown} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {Record<string, any>} value */
const partOf = (value) =>
  Object.fromEntries(
    Object.keys(WHOLE).flatMap((name) => (name in value ? [[name, value[name]]] : [])),
  );

/**
 * @param {readonly Box[]} boxes
 * @param {number} index
 * @param {number} dx
 * @param {number} dy
 * @returns {Box[]} with that one moved, and kept within the picture
 */
export const movedBy = (boxes, index, dx, dy) =>
  replaced(boxes, index, ({ x, y, width, height }) => ({
    x: within(x + dx, 0, 1 - width),
    y: within(y + dy, 0, 1 - height),
    width,
    height,
  }));

/**
 * @param {readonly Box[]} boxes
 * @param {number} index
 * @param {[Side, Side]} sides that are moved
 * @param {number} dx
 * @param {number} dy
 * @returns {Box[]}
 */
export const resizedBy = (boxes, index, [across, down], dx, dy) =>
  replaced(boxes, index, (box) => {
    const [x, width] = stretched(box.x, box.width, across, dx);
    const [y, height] = stretched(box.y, box.height, down, dy);
    return { x, y, width, height };
  });

/**
 * @param {number} start
 * @param {number} extent
 * @param {Side} side
 * @param {number} by
 * @returns {[number, number]}
 */
function stretched(start, extent, side, by) {
  const end = start + extent;
  if (side < 0) {
    const from = within(start + by, 0, end - LEAST);
    return [from, sharp(end - from)];
  }
  return [start, side > 0 ? within(extent + by, LEAST, 1 - start) : extent];
}

/**
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @returns {Box} between two points, wherever they are
 */
export function between(from, to) {
  const [left, right] = [from.x, to.x].map((x) => within(x, 0, 1)).sort((a, b) => a - b);
  const [top, bottom] = [from.y, to.y].map((y) => within(y, 0, 1)).sort((a, b) => a - b);
  const [x, y] = [Math.min(left ?? 0, 1 - LEAST), Math.min(top ?? 0, 1 - LEAST)];
  const width = Math.max(LEAST, sharp((right ?? 0) - x));
  return { x, y, width, height: Math.max(LEAST, sharp((bottom ?? 0) - y)) };
}

/**
 * @param {readonly Box[]} corners
 * @returns {boolean} whether they go clockwise around a shape without dents
 */
export const isConvex = (corners) =>
  corners.every((a, at) => {
    const b = /** @type {Box} */ (corners[(at + 1) % corners.length]);
    const c = /** @type {Box} */ (corners[(at + 2) % corners.length]);
    return (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) > LEAST_TURN;
  });

/**
 * @param {readonly Box[]} boxes
 * @param {number} index
 * @param {(box: Box) => Box} change
 */
const replaced = (boxes, index, change) =>
  boxes.map((box, at) => (at === index ? change(box) : box));

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
const within = (value, least, most) => sharp(Math.max(least, Math.min(most, value)));

/** @param {number} value */
const sharp = (value) => Math.round(value * SHARP) / SHARP;
