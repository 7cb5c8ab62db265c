/** One photo large: before and after, its numbers, its files. */

import { closeButton, openModal } from "../dialogs.js";
import { append, h, setText } from "../dom.js";
import { list, size } from "../format.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { noticeWords } from "../notices.js";
import { View } from "../view.js";
import { AzDivider } from "./divider.js";
import { afterOf, BeforePicture, sharable } from "./pictures.js";
import { stateOf } from "./state.js";

/** @import {Item} from "../batch.js" */

export class AzCompare extends View {
  #dialog = h("dialog");
  #stage = new AzDivider();
  #title = h("h2");
  #numbers = h("p");
  #notices = h("p");
  #files = h("div");
  #remove = h("button");
  #before = new BeforePicture();
  /** @type {Item | null} */
  #item = null;
  /** What the dialog shows, to see whether that changed. */
  #shown = "";

  /** @param {import("../app.js").App} app @override */
  start(app) {
    super.start(app);
    app.addEventListener("show", (event) =>
      this.#open(/** @type {CustomEvent<Item>} */ (event).detail),
    );
  }

  /** @override */
  build() {
    this.#stage = new AzDivider();
    this.#title = h("h2", { id: "compare-title", class: "clip" });
    this.#numbers = h("p", { class: "small muted" });
    this.#notices = h("p", { class: "small muted notices" });
    this.#files = h("div", { class: "row wrap" });
    this.#remove = h(
      "button",
      { class: "btn", onclick: () => this.#removeItem() },
      t("compare.remove"),
    );
    this.#dialog = h(
      "dialog",
      {
        class: "compare",
        "aria-labelledby": "compare-title",
        onclose: () => this.#closed(),
        onkeydown: this.#key,
      },
      this.#stage,
      h(
        "div",
        { class: "compare-foot" },
        h("div", { class: "grow" }, this.#title, this.#numbers, this.#notices),
        this.#step(-1),
        this.#step(1),
        this.#files,
        this.#remove,
        closeButton(() => this.#dialog.close()),
      ),
    );
    append(this, [this.#dialog]);
  }

  /** @override */
  update() {
    const item = this.#item;
    if (!item || !this.#dialog.open) return;
    const shown = `${item.number} ${item.state} ${item.generation} ${item.results[0]?.url}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const after = item.state === "done" ? afterOf(item) : null;
    this.#stage.split(after !== null);
    this.#stage.beforeImage.alt = `${item.name}, ${t("compare.before")}`;
    this.#stage.afterImage.alt = after ? `${item.name}, ${t("compare.after")}` : "";
    if (after) this.#stage.afterImage.src = after.url;
    setText(this.#title, item.name);
    setText(this.#numbers, numbersOf(item));
    const notices = item.state === "done" ? item.notices.map(noticeWords) : [];
    this.#notices.hidden = notices.length === 0;
    setText(this.#notices, notices.join(" "));
    this.#files.replaceChildren(
      ...sharable(item).map((result, index) => fileLink(result, index === 0)),
    );
    this.#remove.hidden = item.chunk >= 0;
  }

  /** @param {Item} item */
  #open(item) {
    this.#item = item;
    this.#shown = "";
    if (!this.#dialog.open) openModal(this.#dialog);
    void this.#before.show(item, this.#stage.beforeImage);
    void this.app.freshen(item);
    this.update();
  }

  #closed() {
    this.#before.stop();
    this.#item = null;
  }

  #removeItem() {
    const item = this.#item;
    this.#dialog.close();
    if (item) this.app.remove(item);
  }

  /** @param {1 | -1} by */
  #go(by) {
    const items = this.app.visible();
    const at = this.#item ? items.indexOf(this.#item) : 0;
    const next = items[(at + by + items.length) % items.length];
    if (next) this.#open(next);
  }

  /** @param {1 | -1} by */
  #step(by) {
    const name = t(by < 0 ? "compare.previous" : "compare.next");
    const attributes = {
      class: "ico",
      "aria-label": name,
      title: name,
      onclick: () => this.#go(by),
    };
    return h("button", attributes, icon(by < 0 ? "left" : "right"));
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    if (event.key === "ArrowLeft") this.#go(-1);
    if (event.key === "ArrowRight") this.#go(1);
  };
}

/**
 * @param {Item} item
 * @returns {string} "13.6 MB → 272 kB web, 8.2 MB print. 6000 × 4000"
 */
function numbersOf(item) {
  if (item.state !== "done") return stateOf(item).text;
  const results = sharable(item).map(
    ({ name, bytes, width, height }) => `${size(bytes)} ${name} (${width} × ${height})`,
  );
  return item.size ? `${size(item.size)} → ${list(results)}` : list(results);
}

/**
 * @param {import("../types.js").Result} result
 * @param {boolean} primary
 */
const fileLink = (result, primary) =>
  h(
    "a",
    { class: primary ? "btn pri" : "btn", href: result.url, download: "" },
    icon("down", "small"),
    t("compare.download", { name: result.name }),
  );
