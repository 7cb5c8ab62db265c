/** Short messages that go by themselves, and the summary that is read aloud. */

import { append, h, setText } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { View } from "../view.js";

/** @import {Toast} from "../../state/app.js" */

const SHOWN = 6000; // ms
const SAID_EVERY = 0.25; // of the batch: a summary, not a running commentary

export class AzToasts extends View {
  #toasts = h("div");
  #summary = h("div");
  #said = "";
  /** @type {HTMLElement | null} */
  #offer = null;

  /** @param {import("../../state/app.js").App} app @override */
  start(app) {
    super.start(app);
    app.addEventListener("toast", (event) =>
      this.#show(/** @type {CustomEvent<Toast>} */ (event).detail),
    );
  }

  /** @override */
  build() {
    this.#toasts = h("div", { class: "toasts", role: "status" });
    this.#summary = h("div", { class: "unseen", "aria-live": "polite" });
    append(this, [this.#toasts, this.#summary]);
  }

  /** @override */
  update() {
    const { pace, batch, ready } = this.app;
    const phase = batch.phase();
    if (!ready || phase === "empty") return;
    const quarter = Math.floor(pace.finished / pace.total / SAID_EVERY);
    const milestone = `${batch.id} ${phase} ${quarter} ${pace.upload.photos === pace.total}`;
    if (milestone === this.#said) return;
    this.#said = milestone;
    setText(
      this.#summary,
      t("summary", {
        uploaded: pace.upload.photos,
        done: pace.counts.done,
        failed: pace.counts.failed,
        n: pace.total,
      }),
    );
  }

  /** @param {Toast} toast */
  #show({ message, action }) {
    const remove = () => toast.remove();
    const run = () => {
      action?.run();
      remove();
    };
    const toast = h(
      "div",
      { class: "toast" },
      h("span", { class: "grow" }, message),
      action ? h("button", { class: "btn", onclick: run }, action.label) : null,
      h(
        "button",
        { class: "ico", "aria-label": t("dismiss"), onclick: remove },
        icon("close", "small"),
      ),
    );
    this.#toasts.append(toast);
    if (!action) {
      setTimeout(remove, SHOWN);
      return;
    }
    this.#offer?.remove(); // one that offers something stays until the next: nobody has to hurry
    this.#offer = toast;
  }
}
