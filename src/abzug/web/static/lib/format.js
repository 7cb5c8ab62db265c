/** Numbers, sizes and times in the page's language. */

import { language, t } from "./i18n.js";

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * @param {number} value
 * @param {number} [digits] fraction digits, exactly
 * @param {Intl.NumberFormatOptions} [options]
 * @returns {string}
 */
export function number(value, digits = 0, options = {}) {
  const key = `${language.code} ${digits} ${options.style ?? ""}`;
  let format = formats.get(key);
  if (!format) {
    const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    format = new Intl.NumberFormat(language.code, { ...exact, ...options });
    formats.set(key, format);
  }
  return format.format(value);
}

/**
 * @param {number} share 0–1
 * @returns {string}
 */
export const percent = (share) => number(share, 0, { style: "percent" });

/**
 * @param {number} bytes
 * @returns {string}
 */
export function size(bytes) {
  if (bytes >= 1e9) return `${number(bytes / 1e9, 2)}\u00a0GB`;
  if (bytes >= 1e6) return `${number(bytes / 1e6, 1)}\u00a0MB`;
  return `${number(Math.ceil(bytes / 1e3))}\u00a0kB`;
}

/**
 * @param {number} seconds
 * @returns {string}
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours) return t("time.hours", { hours, minutes });
  if (minutes) return t("time.minutes", { minutes, seconds: whole % 60 });
  return t("time.seconds", { seconds: whole });
}

/**
 * How long ago, in words.
 *
 * @param {number} time milliseconds since 1970
 * @returns {string}
 */
export function ago(time) {
  const format = new Intl.RelativeTimeFormat(language.code, { numeric: "auto" });
  const minutes = Math.round((Date.now() - time) / 60_000);
  if (minutes < 60) return format.format(-minutes, "minute");
  if (minutes < 48 * 60) return format.format(-Math.round(minutes / 60), "hour");
  return format.format(-Math.round(minutes / 1440), "day");
}

/**
 * @param {number} time milliseconds since 1970
 * @returns {string}
 */
export function date(time) {
  const options = /** @type {const} */ ({ dateStyle: "medium", timeStyle: "short" });
  return new Intl.DateTimeFormat(language.code, options).format(time);
}

/**
 * @param {readonly string[]} words
 * @returns {string}
 */
export const list = (words) =>
  new Intl.ListFormat(language.code, { type: "unit", style: "short" }).format(words);
