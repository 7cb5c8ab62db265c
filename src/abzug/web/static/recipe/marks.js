/**
 * Marks on a picture: what an operation takes as places in it, in fractions of its sides. Which
 * operations do is read off the schema's shapes, not off their names.
 */

/** @import {Box} from "./boxes.js" */
/** @import {Edits, Schema} from "../server/types.js" */
/** @import {Field, Mark} from "./types.js" */

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
  if (isRectangle(item)) return "boxes";
  return Object.keys(item["properties"] ?? {}).join() === "x,y" && hasFractions(item, ["x", "y"])
    ? "spots"
    : null;
}

/**
 * @param {Schema} schema of an object
 * @returns {boolean} whether it is a rectangle, whatever else it is
 */
export const isRectangle = (schema) => hasFractions(schema, Object.keys(WHOLE));

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
 * @param {unknown} value of an operation
 * @returns {number} width by height of what it cuts out, such as 0.8 of "4:5"; 0 where it is free
 */
export function aspectOf(value) {
  const { aspect } = /** @type {{aspect?: string}} */ (value ?? {});
  const [width = 0, height = 1] = (aspect ?? "").split(":").map(Number);
  return width / height;
}
