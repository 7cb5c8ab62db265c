/** What every part of the page is: an element that is built once and then follows the state. */

import { language } from "../lib/i18n.js";

/** @import {App} from "../state/app.js" */

export class View extends HTMLElement {
  /** @type {App} */
  app = /** @type {any} */ (undefined);

  /** @param {App} app */
  start(app) {
    this.app = app;
    this.#rebuild();
    app.addEventListener("change", () => this.update());
    language.addEventListener("change", () => this.#rebuild());
  }

  #rebuild() {
    this.replaceChildren();
    this.build();
    this.update();
  }

  /** Makes the elements; again when the language changes. */
  build() {}

  /** Shows the state as it is now; called at most four times a second, so it must be cheap. */
  update() {}
}
