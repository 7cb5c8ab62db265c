/**
 * Reads JSON Schema, as pydantic writes it, as the fields of a form.
 *
 * What a form cannot show is an opaque field: a preset may set it, people can take it away.
 */

import { isRectangle, kindOfMarks } from "./marks.js";

/** @import {Schema} from "../server/types.js" */
/** @import {Field, Mark} from "./types.js" */

/**
 * The fields of an object's schema, in its order.
 *
 * @param {Schema} schema
 * @param {Schema} [root] where `$ref` points into
 * @returns {Field[]}
 */
export function fieldsOf(schema, root = schema) {
  const required = new Set(schema["required"] ?? []);
  return Object.entries(schema["properties"] ?? {}).map(([name, property]) => ({
    ...fieldOf(name, property, root),
    required: required.has(name),
  }));
}

/**
 * @param {string} name
 * @param {Schema} property
 * @param {Schema} root
 * @returns {Field}
 */
function fieldOf(name, property, root) {
  const { schema, nullable } = flatten(property, root);
  const fields = partsOf(schema, root);
  const mark = markOf(property, root);
  const plain = kindOf(schema, fields, flatten(schema["items"] ?? {}, root).schema);
  const kind = plain === "opaque" && mark ? "marks" : plain;
  const [min, max] = limits(kind === "curve" ? schema["items"]["prefixItems"][0] : schema);
  return {
    name,
    kind,
    fields,
    nullable,
    min,
    max,
    most: schema["maxItems"] ?? Infinity,
    step: schema["x-step"] ?? stepOf(schema, max - min),
    label: schema["title"] ?? name,
    section: schema["x-group"] ?? "",
    hint: schema["description"] ?? "",
    unit: schema["x-unit"] ?? "",
    scale: schema["x-scale"] ?? 1,
    formats: schema["x-formats"] ?? [],
    onlyWith: schema["x-only-with"] ?? {},
    asset: schema["x-asset"] ?? "",
    mark,
    stage: schema["x-stage"] ?? "",
    order: schema["x-order"] ?? 0,
    initial: initialOf(schema, kind, nullable, min),
    defaults: schema["x-defaults"] ?? {},
    required: false,
    nested: false,
    options: schema["enum"] ?? (schema["const"] === undefined ? [] : [schema["const"]]),
    pattern: schema["pattern"] ?? "",
    examples: schema["examples"] ?? [],
  };
}

/**
 * @param {Schema} schema
 * @param {Schema} root
 * @returns {Field[]} what a form can show of its parts
 */
function partsOf(schema, root) {
  if (schema["shapes"]) {
    // a shape is known by what it cannot be without
    return schema["shapes"].map((/** @type {Schema} */ shape) =>
      fieldOf(shape["required"]?.[0] ?? "", shape, root),
    );
  }
  const fields =
    schema["type"] === "array"
      ? [fieldOf("", schema["items"] ?? {}, root)]
      : fieldsOf(schema, root);
  return fields.filter(({ kind }) => kind !== "opaque" && kind !== "marks");
}

/**
 * @param {Schema} property
 * @param {Schema} root
 * @returns {Mark | null} what in any of its shapes are places in the picture
 */
function markOf(property, root) {
  for (const shape of property["anyOf"] ?? [property]) {
    const { schema } = flatten(shape, root);
    if (isRectangle(schema)) return { kind: "frame", part: "", most: 1 };
    for (const [part, inner] of Object.entries(schema["properties"] ?? {})) {
      const list = flatten(inner, root).schema;
      const kind = kindOfMarks(list, flatten(list["items"] ?? {}, root).schema);
      if (kind) return { kind, part, most: list["maxItems"] ?? Infinity };
    }
  }
  return null;
}

/**
 * Follows `$ref`, and takes "this or null" apart. Of several shapes the simplest one counts, or
 * else all of them, if they are objects.
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
  const nullable = solid.length < shapes.length;
  const inner = solid.map((shape) => flatten(shape, root).schema);
  if (inner.length > 1 && inner.every((shape) => shape["type"] === "object")) {
    return { schema: { ...own, shapes: inner }, nullable };
  }
  const simplest = inner.find((shape) => shape["type"] === "boolean") ?? inner[0] ?? {};
  return { schema: { ...simplest, ...own }, nullable };
}

/**
 * @param {string} pointer "#/$defs/Name"
 * @param {Schema} root
 * @returns {Schema}
 */
export const resolve = (pointer, root) =>
  pointer
    .split("/")
    .slice(1)
    .reduce((schema, name) => schema[name] ?? {}, root);

/**
 * @param {Schema} schema
 * @param {Field[]} parts
 * @param {Schema} item what a list is of
 * @returns {Field["kind"]}
 */
function kindOf(schema, parts, item) {
  if (schema["shapes"]) return "either";
  if (schema["x-asset"]) return "asset";
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
      if (parts.length === 0) return "opaque";
      return parts.every(({ kind }) => kind === "curve") ? "curves" : "group";
    case "array":
      if (isPair(item)) return "curve";
      if (kindOfMarks(schema, item)) return "marks";
      return parts.some(({ kind }) => kind === "group" || kind === "either") ? "entry" : "opaque";
    default:
      return "opaque";
  }
}

/**
 * @param {Schema} schema
 * @returns {boolean} whether it is of two numbers
 */
const isPair = ({ prefixItems = [] }) =>
  prefixItems.length === 2 &&
  prefixItems.every((/** @type {Schema} */ part) => part["type"] === "number");

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
  return kind === "text" || kind === "asset" ? "" : null;
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

/** @param {unknown} value */
export const isAbsent = (value) => value === null || value === undefined || value === "";
