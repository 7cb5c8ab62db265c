/**
 * Reads JSON Schema, as pydantic writes it, as the fields of a form.
 *
 * A part that a form cannot show (free lists, one of several shapes) has no field; a batch can
 * leave it out, for every operation is optional.
 */

/** @import {Schema} from "./types.js" */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {"range" | "number" | "switch" | "choice" | "text" | "color" | "lut" | "group" | "entry"} kind
 *   lut: the id of a stored .cube file;
 *   entry: a list of which the form shows one
 * @property {string} label
 * @property {string} section
 * @property {string} hint
 * @property {string} unit
 * @property {number} scale what one of that unit is to the server: 1,000,000 for MB of bytes
 * @property {string[]} formats of an output that it is for; none: for all of them
 * @property {unknown} initial what it is without being touched
 * @property {boolean} required
 * @property {boolean} nullable
 * @property {number} min
 * @property {number} max
 * @property {number} step
 * @property {(string | number)[]} options
 * @property {string} pattern
 * @property {string[]} examples
 * @property {Field[]} fields of a group or an entry
 */

/**
 * The fields of an object's schema, in its order.
 *
 * @param {Schema} schema
 * @param {Schema} [root] where `$ref` points into
 * @returns {Field[]}
 */
export function fieldsOf(schema, root = schema) {
  const required = new Set(schema["required"] ?? []);
  return Object.entries(schema["properties"] ?? {}).flatMap(([name, property]) => {
    const field = fieldOf(name, property, root);
    return field ? [{ ...field, required: required.has(name) }] : [];
  });
}

/**
 * @param {string} name
 * @param {Schema} property
 * @param {Schema} root
 * @returns {Field | null}
 */
function fieldOf(name, property, root) {
  const { schema, nullable } = flatten(property, root);
  const kind = kindOf(schema);
  if (!kind) return null;
  const inner = kind === "entry" ? flatten(schema["items"] ?? {}, root).schema : schema;
  const fields = kind === "group" || kind === "entry" ? fieldsOf(inner, root) : [];
  if ((kind === "group" || kind === "entry") && fields.length === 0) return null;
  const [min, max] = limits(schema);
  return {
    name,
    kind,
    fields,
    nullable,
    min,
    max,
    step: schema["x-step"] ?? stepOf(schema, max - min),
    label: schema["title"] ?? name,
    section: schema["x-group"] ?? "",
    hint: schema["description"] ?? "",
    unit: schema["x-unit"] ?? "",
    scale: schema["x-scale"] ?? 1,
    formats: schema["x-formats"] ?? [],
    initial: initialOf(schema, kind, nullable, min),
    required: false,
    options: schema["enum"] ?? (schema["const"] === undefined ? [] : [schema["const"]]),
    pattern: schema["pattern"] ?? "",
    examples: schema["examples"] ?? [],
  };
}

/**
 * Follows `$ref`, and takes "this or null" apart. Of several shapes the simplest one counts.
 *
 * @param {Schema} schema
 * @param {Schema} root
 * @returns {{schema: Schema, nullable: boolean}}
 */
function flatten(schema, root) {
  const { $ref, anyOf, oneOf, allOf, ...own } = schema;
  if ($ref) return flatten({ ...resolve($ref, root), ...own }, root);
  if (allOf?.length === 1) return flatten({ ...allOf[0], ...own }, root);
  /** @type {Schema[]} */
  const shapes = anyOf ?? oneOf;
  if (!shapes) return { schema: own, nullable: false };
  const solid = shapes.filter((shape) => shape["type"] !== "null");
  const simplest = solid.find((shape) => shape["type"] === "boolean") ?? solid[0] ?? {};
  const inner = flatten({ ...simplest, ...own }, root);
  return { schema: inner.schema, nullable: inner.nullable || solid.length < shapes.length };
}

/**
 * @param {string} pointer "#/$defs/Name"
 * @param {Schema} root
 * @returns {Schema}
 */
const resolve = (pointer, root) =>
  pointer
    .split("/")
    .slice(1)
    .reduce((schema, name) => schema[name] ?? {}, root);

/**
 * @param {Schema} schema
 * @returns {Field["kind"] | null}
 */
function kindOf(schema) {
  if (schema["x-asset"] === "lut") return "lut";
  if (schema["enum"] || schema["const"] !== undefined) return "choice";
  switch (schema["type"]) {
    case "boolean":
      return "switch";
    case "integer":
    case "number":
      return limits(schema).every(Number.isFinite) ? "range" : "number";
    case "string":
      return /^\^#\[/.test(schema["pattern"] ?? "") ? "color" : "text"; // "^#[0-9a-f]{6}$"
    case "object":
      return "group";
    case "array":
      return "entry";
    default:
      return null;
  }
}

/**
 * @param {Schema} schema
 * @returns {[number, number]} the least and the largest value
 */
function limits(schema) {
  const least = schema["minimum"] ?? schema["exclusiveMinimum"] ?? -Infinity;
  const largest = schema["maximum"] ?? schema["exclusiveMaximum"] ?? Infinity;
  return [least, largest];
}

/**
 * @param {Schema} schema
 * @param {number} span
 * @returns {number}
 */
function stepOf(schema, span) {
  if (schema["type"] === "integer") return 1;
  if (span <= 2) return 0.01;
  return span <= 20 ? 0.05 : span <= 60 ? 0.1 : 1;
}

/**
 * @param {Schema} schema
 * @param {Field["kind"]} kind
 * @param {boolean} nullable
 * @param {number} min
 * @returns {unknown}
 */
function initialOf(schema, kind, nullable, min) {
  if (schema["default"] !== undefined) return schema["default"];
  if (nullable) return null;
  if (kind === "range") return Math.max(min, 0);
  if (kind === "switch") return false;
  if (kind === "choice") return schema["enum"]?.[0] ?? schema["const"];
  return kind === "text" || kind === "lut" ? "" : null;
}

/**
 * @param {Field} field
 * @param {unknown} value
 * @returns {boolean} whether the server would take it, as far as one field alone tells
 */
export function accepts(field, value) {
  if (value === null) return field.nullable;
  switch (field.kind) {
    case "range":
    case "number":
      return typeof value === "number" && value >= field.min && value <= field.max;
    case "switch":
      return typeof value === "boolean";
    case "choice":
      return field.options.includes(/** @type {string} */ (value));
    case "text":
    case "lut":
    case "color":
      return typeof value === "string" && matches(field.pattern, value);
    case "group":
      return typeof value === "object" && !Array.isArray(value) && acceptsAll(field, value);
    case "entry":
      return Array.isArray(value) && value.every((entry) => acceptsAll(field, entry));
  }
}

/**
 * @param {Field} group
 * @param {object} value
 * @returns {boolean}
 */
function acceptsAll(group, value) {
  const given = Object.entries(value);
  return given.every(([name, inner]) => {
    const field = group.fields.find((candidate) => candidate.name === name);
    return field !== undefined && accepts(field, inner);
  });
}

/**
 * @param {string} pattern a regular expression, perhaps with Python's anchors
 * @param {string} text
 * @returns {boolean}
 */
export const matches = (pattern, text) =>
  !pattern || new RegExp(pattern.replace(/^\\A/, "^").replace(/\\[zZ]$/, "$"), "u").test(text);

/**
 * @param {unknown} a JSON
 * @param {unknown} b JSON
 * @returns {boolean}
 */
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
