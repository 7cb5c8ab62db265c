/** The empty page: drop photos here, or begin with a recipe. */

import { chooseFolder, choosePhotos } from "../../files/picker.js";
import { append, h, setText } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { icon, logo } from "../../lib/icons.js";
import { PRESETS, STARTS } from "../../recipe/presets.js";
import { lastBatch } from "../../state/kept-batches.js";
import { View } from "../view.js";

/** @import {Start} from "../../recipe/presets.js" */

export class AzDrop extends View {
  #starts = h("section");
  #again = h("a");
  #shown = false;

  /** @override */
  build() {
    this.#shown = false;
    this.#again = h("a", { class: "btn quiet", hidden: true });
    this.#starts = h("section", { "aria-labelledby": "starts-title" });
    append(this, [
      h(
        "div",
        { class: "drop" },
        h("span", { class: "lamp" }, logo()),
        h("h1", {}, t("drop.title")),
        h("p", {}, t("drop.text")),
        h(
          "div",
          { class: "row wrap center" },
          h(
            "button",
            { class: "btn pri big", onclick: choosePhotos },
            icon("photo"),
            t("choose.photos"),
          ),
          h(
            "button",
            { class: "btn big", onclick: chooseFolder },
            icon("folder"),
            t("choose.folder"),
          ),
        ),
        h("p", { class: "small faint" }, t("drop.limit")),
        this.#again,
      ),
      this.#starts,
    ]);
  }

  /** @override */
  update() {
    const { app } = this;
    this.hidden = !app.ready || app.error !== null || app.batch.items.length > 0;
    if (this.hidden) this.#shown = false;
    else if (!this.#shown) this.#arrive();
  }

  /** The page became empty: look what there is to begin with. */
  #arrive() {
    this.#shown = true;
    const last = lastBatch();
    this.#again.hidden = last === null;
    if (last) {
      this.#again.href = `#batch=${last.id}`;
      setText(this.#again, t("drop.again", { name: last.name, n: last.photos }));
    }
    const usable = STARTS.filter(({ preset }) =>
      this.app.recipe.presets.some(({ name }) => name === preset),
    );
    this.#starts.hidden = usable.length === 0;
    this.#starts.replaceChildren(
      h("h2", { id: "starts-title" }, t("starts.title")),
      h("div", { class: "starts" }, ...usable.map((start) => this.#start(start))),
    );
  }

  /** @param {Start} start */
  #start(start) {
    const preset = PRESETS.find(({ name }) => name === start.preset);
    const picture = () => h("img", { src: `/static/scenes/${start.scene}.svg`, alt: "" });
    const after = picture();
    after.style.filter = preset?.impression ?? "none";
    const choose = () => {
      this.app.recipe.use({ edits: preset?.edits ?? {}, outputs: start.outputs });
      this.app.toast({ message: t("toast.start", { name: t(start.name) }) });
    };
    return h(
      "button",
      { class: "start", onclick: choose },
      h("span", { class: "duo" }, picture(), after),
      h("span", { class: "words" }, h("b", {}, t(start.name)), h("span", {}, t(start.about))),
    );
  }
}
