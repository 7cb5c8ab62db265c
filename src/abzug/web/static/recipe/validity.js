/** Whether a JSON Schema, as pydantic writes it, holds of a value. */

import { matches, resolve, same } from "./schema.js";

/** @import {Schema} from "../server/types.js" */

/**
 * @param {unknown} value JSON
 * @param {Schema} schema
 * @param {Schema} root where `$ref` points into
 * @returns {boolean}
 */
export function isValid(value, schema, root) {
  if (schema["$ref"]) return isValid(value, resolve(schema["$ref"], root), root);
  /** @type {Schema[] | undefined} */
  const shapes = schema["anyOf"] ?? schema["oneOf"];
  if (shapes) return shapes.some((shape) => isValid(value, shape, root));
  /** @type {unknown[] | undefined} */
  const allowed = schema["enum"] ?? ("const" in schema ? [schema["const"]] : undefined);
  if (allowed && !allowed.some((one) => same(one, value))) return false;
  switch (schema["type"]) {
    case "null":
      return value === null;
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isInteger(value) && isWithin(Number(value), schema);
    case "number":
      return typeof value === "number" && isWithin(value, schema);
    case "string":
      return typeof value === "string" && matches(schema["pattern"] ?? "", value);
    case "array":
      return Array.isArray(value) && isList(value, schema, root);
    case "object":
      return typeof value === "object" && value !== null && isObject(value, schema, root);
    default:
      return allowed !== undefined;
  }
}

/**
 * @param {number} value
 * @param {Schema} schema
 */
const isWithin = (value, schema) =>
  value >= (schema["minimum"] ?? -Infinity) &&
  value <= (schema["maximum"] ?? Infinity) &&
  value > (schema["exclusiveMinimum"] ?? -Infinity) &&
  value < (schema["exclusiveMaximum"] ?? Infinity);

/**
 * @param {unknown[]} value
 * @param {Schema} schema
 * @param {Schema} root
 */
const isList = (value, schema, root) =>
  value.length >= (schema["minItems"] ?? 0) &&
  value.length <= (schema["maxItems"] ?? Infinity) &&
  value.every((item, index) =>
    isValid(item, schema["prefixItems"]?.[index] ?? schema["items"] ?? {}, root),
  );

/**
 * @param {object} value
 * @param {Schema} schema
 * @param {Schema} root
 */
const isObject = (value, schema, root) =>
  (schema["required"] ?? []).every((/** @type {string} */ name) => name in value) &&
  Object.entries(value).every(([name, part]) => {
    const property = schema["properties"]?.[name];
    return property !== undefined && isValid(part, property, root);
  });
