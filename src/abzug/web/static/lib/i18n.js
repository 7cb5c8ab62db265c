/** The page's language: a catalog of messages each, numbers and dates by Intl. */

import { de } from "../messages/de.js";
import { en } from "../messages/en.js";
import { recall, remember } from "./storage.js";

/** @typedef {string | {one: string, other: string}} Message */
/** @typedef {keyof typeof en} Key */
/** @typedef {"en" | "de"} Code */

/** @type {Record<Code, Record<string, Message>>} */
const CATALOGS = { en, de };

/** Names of the languages, each in itself. */
export const LANGUAGES = { en: "English", de: "Deutsch" };

/** @param {string} code */
const numberForms = (code) => ({
  "": new Intl.NumberFormat(code),
  "+": new Intl.NumberFormat(code, { signDisplay: "always" }),
  d: new Intl.NumberFormat(code, { useGrouping: false }),
});

class Language extends EventTarget {
  /** @type {Code} */
  code = "en";
  plural = new Intl.PluralRules("en");
  #numbers = numberForms("en");

  constructor() {
    super();
    const wanted = [recall("language"), ...navigator.languages];
    this.#use(wanted.map((tag) => String(tag).slice(0, 2)).find((tag) => tag in CATALOGS) ?? "en");
  }

  /** @param {string} code */
  #use(code) {
    this.code = /** @type {Code} */ (code);
    this.plural = new Intl.PluralRules(code);
    this.#numbers = numberForms(code);
    document.documentElement.lang = code;
  }

  /**
   * @param {number} value
   * @param {"" | "+" | "d"} [form] as it is usual, with its sign, or digits alone
   * @returns {string}
   */
  written(value, form = "") {
    return this.#numbers[form].format(value).replace("-", "−");
  }

  /** @param {Code} code */
  set(code) {
    this.#use(code);
    remember("language", code);
    this.dispatchEvent(new Event("change"));
  }
}

export const language = new Language();

/**
 * The message, with `{name}` replaced by `values.name`; `values.n` chooses singular or plural.
 * `{name:+}` and `{name:d}` are numbers, see `written`.
 *
 * @param {Key} key
 * @param {Record<string, string | number> & {n?: number}} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  return fill(CATALOGS[language.code][key] ?? en[key], values);
}

/**
 * The message of a key that is known only at run time (an operation's name, an error's code), or
 * the server's own words where the catalog has none.
 *
 * @param {string} key
 * @param {string} otherwise
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function translated(key, otherwise, values = {}) {
  const message = CATALOGS[language.code][key];
  return message === undefined ? otherwise : fill(message, values);
}

/**
 * @param {Message} message
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
function fill(message, values) {
  const text =
    typeof message === "string"
      ? message
      : message[language.plural.select(Number(values["n"] ?? 0)) === "one" ? "one" : "other"];
  return text.replace(/\{(\w+)(?::([+d]))?\}/g, (whole, name, form) => {
    const value = values[name] ?? whole;
    return typeof value === "number" ? language.written(value, form) : value;
  });
}
