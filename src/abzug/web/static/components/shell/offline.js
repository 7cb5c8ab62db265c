/** The bar that says the server is away, and when it is asked again. */

import { append, h, setText } from "../../lib/dom.js";
import { duration } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { View } from "../view.js";

export class AzOffline extends View {
  #what = h("b");
  #when = h("span");
  #clock = 0;

  /** @override */
  build() {
    this.#what = h("b");
    this.#when = h("span");
    append(this, [
      h("span", { role: "alert" }, this.#what, " ", t("offline.safe")),
      this.#when,
      h("button", { onclick: () => this.app.gate.tryNow() }, t("offline.now")),
    ]);
  }

  /** @override */
  update() {
    const { open, reason } = this.app.gate;
    this.hidden = open;
    clearInterval(this.#clock);
    if (open) return;
    setText(this.#what, reason?.status ? reason.message : t("offline.title"));
    this.#tick();
    this.#clock = setInterval(() => this.#tick(), 1000);
  }

  #tick() {
    const seconds = Math.max(0, this.app.gate.retryAt - Date.now()) / 1000;
    setText(
      this.#when,
      seconds > 0.5 ? t("offline.again", { time: duration(seconds) }) : t("offline.trying"),
    );
  }
}
