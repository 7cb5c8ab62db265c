/** A photo's state as an icon and a line of words. */

import { percent, size } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { briefReasonOf } from "./failure.js";
import { sharable } from "./pictures.js";

/** @import {Item} from "../../state/batch.js" */
/** @import {IconName} from "../../lib/icons.js" */

/** @typedef {{icon: IconName, text: string, tone: "" | "ok" | "hot" | "bad"}} Look */

/**
 * @param {Item} item
 * @returns {Look}
 */
export function lookOf(item) {
  switch (item.state) {
    case "new":
      return { icon: "clock", text: t("state.new"), tone: "" };
    case "uploading":
      return {
        icon: "up",
        text: t("state.uploading", { share: percent(item.sent / item.size) }),
        tone: "",
      };
    case "ready":
      return { icon: "check", text: t("state.ready"), tone: "" };
    case "waiting":
      return { icon: "clock", text: t("state.waiting"), tone: "" };
    case "editing":
      return { icon: "lamp", text: t("state.editing"), tone: "hot" };
    case "done":
      return { icon: "check", text: t("state.done", { size: size(bytesOf(item)) }), tone: "ok" };
    case "failed":
      return { icon: "warning", text: briefReasonOf(item), tone: "bad" };
    case "cancelled":
      return { icon: "close", text: t("state.cancelled"), tone: "" };
    case "missing":
      return { icon: "folder", text: t("state.missing"), tone: "" };
  }
}

/** @param {Item} item */
const bytesOf = (item) => sharable(item).reduce((sum, { bytes }) => sum + bytes, 0);
