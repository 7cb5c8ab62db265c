/** Why a photo failed, and what to do about it, in words. */

import { translated } from "../../lib/i18n.js";

/** @import {Failure} from "../../server/types.js" */
/** @import {Item} from "../../state/batch.js" */

/**
 * @param {Item} item
 * @returns {string} in the page's language, or else in the server's words
 */
export const reasonOf = ({ error }) => translated(`error.${kindOf(error)}`, error?.message ?? "");

/**
 * @param {Item} item
 * @returns {string} "The file ends too early"
 */
export const briefReasonOf = (item) => reasonOf(item).split(/: |\.$/)[0] ?? "";

/**
 * @param {Item} item
 * @returns {string}
 */
export const adviceOf = ({ error }) => translated(`advice.${kindOf(error)}`, error?.advice ?? "");

/**
 * @param {Failure | null} error
 * @returns {string} its code; a RAW of an unknown camera is told apart from a file that is no photo
 */
const kindOf = (error) =>
  error?.code === "unsupported_format" && error.message.startsWith("This RAW")
    ? "undevelopable"
    : (error?.code ?? "");
