/** The files that were not taken, each with the reason. */

import { closeButton } from "../../lib/dialogs.js";
import { append, h, patch, setText } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { View } from "../view.js";

/** @import {Rejected} from "../../state/batch.js" */

const SHOWN = 200; // a folder full of other things must not freeze the page; "Show all" is one click

export class AzRejected extends View {
  #title = h("span");
  #list = h("ul");
  #all = h("button");
  #limit = SHOWN;

  /** @override */
  build() {
    this.#title = h("span");
    this.#list = h("ul", {
      class: "reasons scroll",
      tabindex: 0,
      "aria-labelledby": "rejected-title",
    });
    this.#all = h("button", { class: "btn quiet", onclick: () => this.#showAll() });
    append(this, [
      h(
        "section",
        { class: "card", "aria-labelledby": "rejected-title" },
        h(
          "div",
          { class: "card-head" },
          h("h2", { id: "rejected-title", class: "row" }, icon("warning"), this.#title),
          closeButton(() => this.#dismiss()),
        ),
        this.#list,
        this.#all,
      ),
    ]);
  }

  /** @override */
  update() {
    const { rejected } = this.app.batch;
    this.hidden = rejected.length === 0 || !this.app.ready;
    if (this.hidden) return;
    setText(this.#title, t("rejected.title", { n: rejected.length }));
    const shown = rejected
      .slice(0, this.#limit)
      .map((file, index) => ({ ...file, key: `${index} ${file.name}` }));
    patch(this.#list, shown, ({ key }) => key, makeRow);
    this.#all.hidden = rejected.length <= this.#limit;
    setText(this.#all, t("rejected.all", { n: rejected.length }));
  }

  #showAll() {
    this.#limit = Infinity;
    this.update();
  }

  #dismiss() {
    this.app.batch.rejected = [];
    this.#limit = SHOWN;
    this.app.refresh();
  }
}

/** @param {Rejected} file */
const makeRow = ({ name, reason, advice }) =>
  h(
    "li",
    {},
    h("div", { class: "b small clip" }, name),
    h("div", { class: "small muted" }, reason, " ", h("span", { class: "faint" }, advice)),
  );
