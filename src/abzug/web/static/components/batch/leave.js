/** Leaving a batch, and cancelling it: both ask first where something would be lost. */

import { confirm } from "../../lib/dialogs.js";
import { t } from "../../lib/i18n.js";

/** @import {App} from "../../state/app.js" */

/** @param {App} app */
export async function leaveBatch(app) {
  const { new: fresh, uploading } = app.batch.counts();
  const lost = fresh + uploading;
  if (lost > 0) {
    const text = t("leave.text", { n: lost });
    const words = { title: t("leave.title"), text, stay: t("leave.stay"), go: t("leave.go") };
    if (!(await confirm(words))) return;
  }
  app.newBatch();
}

/** @param {App} app */
export async function cancelBatch(app) {
  const { done, failed, cancelled } = app.batch.counts();
  const open = app.batch.items.length - done - failed - cancelled;
  const text = `${t("cancel.open", { n: open })} ${t("cancel.done", { n: done })}`;
  const words = { title: t("cancel.title"), text, stay: t("cancel.stay"), go: t("cancel.go") };
  if (!(await confirm(words))) return;
  await app.cancel();
  app.toast({ message: t("toast.cancelled", { n: app.batch.counts().done }) });
}
