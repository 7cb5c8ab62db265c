/** The bar at the bottom of narrow windows: the recipe is a sheet behind it. */

import { choosePhotos } from "../../files/picker.js";
import { append, h, setText } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { View } from "../view.js";
import { DownloadMenu } from "./download.js";

export class AzActions extends View {
  #choose = h("button");
  #start = h("button");
  #running = h("button");
  #runningText = h("span");
  #download = new DownloadMenu("btn pri big");

  /** @override */
  build() {
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", t("actions.title"));
    const openRecipe = () => this.app.dispatchEvent(new Event("sheet"));
    this.#choose = h(
      "button",
      { class: "btn pri big", onclick: choosePhotos },
      icon("photo"),
      t("choose.photos"),
    );
    this.#start = h(
      "button",
      { class: "btn pri big", onclick: () => this.app.startEditing() },
      t("recipe.start"),
    );
    this.#runningText = h("span");
    this.#running = h(
      "button",
      { class: "btn big grow", disabled: true },
      icon("lamp"),
      this.#runningText,
    );
    this.#download = new DownloadMenu("btn pri big");
    append(this, [
      h("button", { class: "btn big", onclick: openRecipe }, icon("sliders"), t("recipe.title")),
      this.#choose,
      this.#start,
      this.#running,
      this.#download.element,
    ]);
  }

  /** @override */
  update() {
    const { batch, pace, ready, recipe } = this.app;
    const phase = batch.phase();
    this.hidden = !ready || !recipe.ready;
    this.#choose.hidden = phase !== "empty";
    this.#start.hidden = phase !== "collecting";
    this.#running.hidden = phase !== "running";
    setText(this.#runningText, t("actions.running", { done: pace.finished, total: pace.total }));
    this.#download.update(batch, phase === "done" || phase === "incomplete");
  }
}
