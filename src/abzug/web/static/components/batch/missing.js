/** After a reload: photos that were not uploaded, and whose files only the old page had. */

import { chooseFolder, choosePhotos } from "../../files/picker.js";
import { append, h, setText } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { View } from "../view.js";

export class AzMissing extends View {
  #title = h("b");

  /** @override */
  build() {
    this.#title = h("b");
    const leaveOut = () => this.app.leaveOutMissing();
    append(this, [
      h(
        "section",
        { class: "note", "aria-labelledby": "missing-title" },
        icon("folder"),
        h(
          "div",
          { class: "grow" },
          h("h2", { id: "missing-title" }, this.#title),
          h("p", {}, t("missing.text")),
          h(
            "div",
            { class: "row wrap" },
            h("button", { class: "btn", onclick: choosePhotos }, t("choose.photos")),
            h("button", { class: "btn", onclick: chooseFolder }, t("choose.folder")),
            h("button", { class: "btn quiet", onclick: leaveOut }, t("missing.leave")),
          ),
        ),
      ),
    ]);
  }

  /** @override */
  update() {
    const { missing } = this.app.pace.counts;
    this.hidden = missing === 0 || !this.app.ready;
    setText(this.#title, t("missing.title", { n: missing }));
  }
}
