/** What of the files that people give becomes a photo of the batch. */

import { isLitter, refusalByName } from "../files/sniff.js";
import { t } from "../lib/i18n.js";

/** @import {Batch, Rejected} from "./batch.js" */

const MOST_PHOTOS = 10_000;

/**
 * Adds what may be a photo to the batch, and what cannot be one to those that it rejected.
 *
 * @param {Batch} batch
 * @param {File[]} files
 * @returns {number} how many are in the batch already
 */
export function takeIn(batch, files) {
  let doubles = 0;
  for (const file of files.filter((one) => !isLitter(one))) {
    const rejected = rejection(batch, file);
    if (rejected) batch.rejected.push(rejected);
    else if (!batch.addFile(file)) doubles += 1;
  }
  return doubles;
}

/**
 * @param {Batch} batch
 * @param {File} file
 * @returns {Rejected | null}
 */
function rejection(batch, file) {
  const { name } = file;
  const kind = refusalByName(file);
  if (kind) {
    const reason = t("reject.kind", { kind: t(kind) });
    return { name, reason, advice: t("reject.kind.advice") };
  }
  if (batch.items.length < MOST_PHOTOS) return null;
  return {
    name,
    reason: t("reject.many", { n: MOST_PHOTOS }),
    advice: t("reject.many.advice"),
  };
}
