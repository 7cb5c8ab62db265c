/** The bar below a picture on which marks are set: whose they are, and what can be done to them. */

import { append, h, setAttribute, setText } from "../../lib/dom.js";
import { t, translated } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { fitted } from "../../recipe/boxes.js";
import { aspectOf, boxesOf, joined, neutralBoxes, ownPart, valueWith } from "../../recipe/marks.js";
import { same } from "../../recipe/schema.js";
import { AzOverlay } from "./overlay.js";

/** @import {App} from "../../state/app.js" */
/** @import {Item} from "../../state/batch.js" */
/** @import {Box} from "../../recipe/boxes.js" */
/** @import {Field, Mark} from "../../recipe/types.js" */

/** @typedef {{item: Item, field: Field, mark: Mark, forAll: boolean, shape: number}} Session */

export class AzMarking extends HTMLElement {
  overlay = new AzOverlay();
  #app;
  #title = h("h2", { class: "clip" });
  #hint = h("p", { class: "small muted" });
  #forAll = h("input", { type: "checkbox", role: "switch", class: "switch" });
  #add = h("button", { class: "btn", onclick: () => this.overlay.addInMiddle() });
  #remove = h("button", { class: "btn", onclick: () => this.overlay.removeChosen() });
  #reset = h("button", { class: "btn quiet", onclick: () => this.#clear() });
  #done = h("button", { class: "btn pri", onclick: () => this.dispatchEvent(new Event("done")) });
  /** @type {Session | null} */
  #session = null;

  /** @param {App} app */
  constructor(app) {
    super();
    this.#app = app;
    this.hidden = true;
    this.overlay.hidden = true;
    this.overlay.addEventListener("edit", (event) =>
      this.#put(/** @type {CustomEvent<Box[]>} */ (event).detail),
    );
    this.#forAll.addEventListener("change", () => this.#share(this.#forAll.checked));
  }

  connectedCallback() {
    this.#add.replaceChildren(icon("plus", "small"), t("marks.add"));
    this.#remove.replaceChildren(t("form.remove"));
    this.#reset.replaceChildren(t("recipe.reset"));
    this.#done.replaceChildren(t("marks.done"));
    const forAll = h("label", { class: "check" }, h("span", {}, t("marks.forAll")), this.#forAll);
    this.replaceChildren();
    append(this, [
      h("div", { class: "grow" }, this.#title, this.#hint),
      forAll,
      h("div", { class: "row wrap" }, this.#add, this.#remove, this.#reset, this.#done),
    ]);
  }

  /** @returns {boolean} whether marks are being set */
  get isOpen() {
    return this.#session !== null;
  }

  /**
   * @param {Item} item
   * @param {Field} field with a mark
   * @param {boolean} forAll whether they are the recipe's, and not this photo's own
   * @param {number} ratio of the picture's width to its height
   */
  begin(item, field, forAll, ratio) {
    const mark = /** @type {Mark} */ (field.mark);
    const shape = mark.kind === "frame" ? aspectOf(this.#value(field)) / ratio : 0;
    this.#session = { item, field, mark, forAll, shape };
    this.hidden = false;
    this.overlay.hidden = false;
    setText(this.#title, translated(`op.${field.name}`, field.label));
    setText(this.#hint, t(`marks.${mark.kind}.hint`));
    this.overlay.begin(mark, ratio, shape);
    this.#show();
    if (this.overlay.isEmpty) this.#add.focus();
    else this.overlay.focusChosen();
  }

  /** @returns {string} the operation whose marks were set; none: "" */
  end() {
    const name = this.#session?.field.name ?? "";
    this.#session = null;
    this.hidden = true;
    this.overlay.hidden = true;
    return name;
  }

  #show() {
    if (!this.#session) return;
    const { mark, forAll, shape } = this.#session;
    const boxes = this.#boxes(this.#session);
    this.overlay.show(shape ? boxes.map((box) => fitted(box, shape)) : boxes);
    this.#forAll.checked = forAll;
    this.#add.hidden = !this.overlay.isList;
    this.#remove.hidden = !this.overlay.isList;
    setAttribute(this.#add, "disabled", this.overlay.isFull);
    setAttribute(this.#remove, "disabled", this.overlay.isEmpty);
    setAttribute(this.#reset, "disabled", same(boxes, neutralBoxes(mark)));
  }

  /** @param {Session} session */
  #boxes({ item, field, mark, forAll }) {
    const value = this.#value(field);
    const isOwn = !forAll && field.name in item.own;
    return boxesOf(mark, isOwn ? joined(value, item.own[field.name]) : value);
  }

  /** @param {Field} field */
  #value({ name, initial }) {
    return this.#app.recipe.edits[name] ?? initial;
  }

  /** @param {Box[]} boxes */
  #put(boxes) {
    if (!this.#session) return;
    const { item, field, mark, forAll } = this.#session;
    const { [field.name]: _, ...others } = item.own;
    const value = this.#value(field);
    const isOwn = !forAll && !same(boxes, boxesOf(mark, value));
    item.own = isOwn ? { ...others, [field.name]: ownPart(field, boxes) } : others;
    if (forAll) this.#app.recipe.set(field, valueWith(field, value, boxes));
    this.#app.changed();
    this.#show();
  }

  /** @param {boolean} forAll */
  #share(forAll) {
    if (!this.#session) return;
    const { field, mark } = this.#session;
    const boxes = this.#boxes(this.#session);
    // what was everybody's is this photo's alone now
    const none = valueWith(field, this.#value(field), neutralBoxes(mark));
    if (!forAll) this.#app.recipe.set(field, none);
    this.#session.forAll = forAll;
    this.#put(boxes);
  }

  #clear() {
    if (this.#session) this.#put(neutralBoxes(this.#session.mark));
  }
}
