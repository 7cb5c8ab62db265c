/** What the server tells of a photo that did not fail, in the page's language. */

import { language, translated } from "../lib/i18n.js";

/** @import {Notice, Value} from "./types.js" */

/**
 * @param {Notice} notice
 * @returns {string}
 */
export function noticeWords({ code, values, text }) {
  const words = Object.entries(values).map(([name, value]) => [name, wordsOf(name, value)]);
  return translated(`notice.${code}`, text, Object.fromEntries(words));
}

/**
 * @param {string} name
 * @param {Value} value
 * @returns {string | number}
 */
function wordsOf(name, value) {
  if (name === "operation") return capitalized(labelOf(String(value)));
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "object") return value;
  return Object.entries(value)
    .map(([slider, set]) => `${labelOf(slider)} ${language.written(set, "+")}`)
    .join(", ");
}

/** @param {string} words */
const capitalized = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** @param {string} operation by its name */
const labelOf = (operation) => translated(`op.${operation}`, operation.replaceAll("_", " "));
