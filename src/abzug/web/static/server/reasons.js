/**
 * What became of a preset's setting, in the page's language. The server tells it in English
 * sentences; those that are not known here stay as they are.
 */

import { language } from "../lib/i18n.js";
import { reasons as german } from "../messages/reasons.de.js";

/** A sentence, and the one that takes its named groups.
 * @type {[RegExp, string][]} */
const GERMAN = Object.entries(german).map(([sentence, translation]) => [
  new RegExp(`^${patternOf(sentence)}(?: (?<rest>[A-Z].*))?$`),
  translation,
]);

/**
 * @param {string} reason one sentence or more
 * @returns {string}
 */
export function reasonWords(reason) {
  if (language.code !== "de") return reason;
  for (const [sentence, translation] of GERMAN) {
    const { groups } = sentence.exec(reason) ?? {};
    if (!groups) continue;
    const words = translation.replace(/\{(\w+)\}/g, (_, name) => groups[name] ?? "");
    return groups["rest"] ? `${words} ${reasonWords(groups["rest"])}` : words;
  }
  return reason;
}

/** @param {string} sentence */
function patternOf(sentence) {
  const literal = sentence.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return literal.replace(/\{(\w+)\}/g, "(?<$1>.+?)");
}
