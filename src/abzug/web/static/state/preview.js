/** One photo as the engine edits it, large enough for the screen. */

import { t } from "../lib/i18n.js";
import { ownEdits } from "../recipe/marks.js";
import { ApiError, finishedTask } from "../server/api.js";
import { randomId } from "./batch.js";

/** @import {Item} from "./batch.js" */
/** @import {Field} from "../recipe/types.js" */
/** @import {Edits, Result} from "../server/types.js" */

const OUTPUT = { name: "preview", format: "jpeg", max_side: 2048, quality: 90, metadata: "strip" };

/**
 * @param {string} photo id
 * @param {Edits} edits
 * @param {AbortSignal} signal
 * @returns {Promise<Result | null>} null where it was given up
 */
export async function previewOf(photo, edits, signal) {
  const order = { photos: [photo], name: t("preview.name"), edits, outputs: [OUTPUT] };
  const task = await finishedTask(order, randomId(), signal);
  const [result = null] = task?.results ?? [];
  if (task && !result) throw new ApiError(409, { ...task.error, detail: task.error?.message });
  return result;
}

/**
 * @param {Item} item
 * @param {Edits} edits of the recipe
 * @returns {Edits} all that is to be done to this photo
 */
export const editsOf = ({ own }, edits) => ({ ...edits, ...ownEdits(edits, own) });

/**
 * The edits that the picture has behind it on which an operation's marks lie: those that move
 * pixels about before it does.
 *
 * @param {Field} field
 * @param {readonly Field[]} fields
 * @param {Edits} edits
 * @returns {Edits}
 */
export function editsBefore(field, fields, edits) {
  if (field.stage !== "geometry") return {};
  const before = fields.filter(
    ({ name, stage, order }) => stage === field.stage && order < field.order && name in edits,
  );
  return Object.fromEntries(before.map(({ name }) => [name, edits[name]]));
}
