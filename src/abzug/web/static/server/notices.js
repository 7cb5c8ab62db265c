/**
 * What the server tells of a photo that did not fail, in the page's language. It tells it in
 * English sentences; those that are not known here stay as they are.
 */

import { language, t, translated } from "../lib/i18n.js";

/** @import {Key} from "../lib/i18n.js" */

/** A sentence of the server, and the message that takes its named groups.
 * @type {[RegExp, Key][]} */
const KNOWN = [
  [/^Only the first of (?<n>\d+) frames was used\.$/, "notice.frames"],
  [/^Only the first of (?<n>\d+) frames was used in (?<outputs>.+)\.$/, "notice.framesIn"],
  [/^Only the first frame of this animation was used\.$/, "notice.firstFrame"],
  [/^Only the first of (?<n>\d+) pages was used\.$/, "notice.pages"],
  [/^This RAW cannot be developed here\. .* of (?<size>\d+ × \d+) pixels/, "notice.preview"],
  [/^As shot, .* (?<kelvin>\d+) K with a tint of (?<tint>\S+)\.$/, "notice.asShot"],
  [/^This photo is HDR\./, "notice.hdr"],
  [/^Edited in 8 bits: 16 bits of .*?(?<mega>[\d.,]+) megapixels/, "notice.eightBits"],
  [/^Redact: no face was found\./, "notice.noFace"],
  [/^No font here has these letters of the watermark: (?<letters>.+)$/, "notice.noFont"],
  [/^The metadata of the JPEG XL are compressed/, "notice.jxl"],
  [/^The result (?<name>\S+) is not progressive: .* (?<n>\d+) megapixels/, "notice.progressive"],
];
const AUTOMATIC = /^(Auto [a-z ]+): (?:nothing to change|(.+))\.$/;

/**
 * @param {string} notice
 * @returns {string}
 */
export function noticeWords(notice) {
  for (const [sentence, key] of KNOWN) {
    const found = sentence.exec(notice);
    if (found) return t(key, found.groups ?? {});
  }
  const [, label, sliders] = AUTOMATIC.exec(notice) ?? [];
  if (!label) return notice;
  return `${labelWords(label)}: ${sliders ? sliderWords(sliders) : t("notice.nothing")}.`;
}

/** @param {string} label of an operation, in English */
const labelWords = (label) => translated(`op.${label.toLowerCase().replaceAll(" ", "_")}`, label);

/**
 * @param {string} sliders "exposure +0.35, contrast −12"
 * @returns {string}
 */
const sliderWords = (sliders) =>
  sliders
    .split(", ")
    .map((slider) => {
      const [, label = "", value = ""] = /^(.+) (\S+)$/.exec(slider) ?? [];
      return `${labelWords(label)} ${language.code === "de" ? value.replace(".", ",") : value}`;
    })
    .join(", ");
