/** One photo large: before and after, its numbers, its files; and what is set on it by hand. */

import { closeButton, openModal } from "../../lib/dialogs.js";
import { append, h, setAttribute, setText } from "../../lib/dom.js";
import { list, size } from "../../lib/format.js";
import { t, translated } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { ApiError } from "../../server/api.js";
import { noticeWords } from "../../server/notices.js";
import { editsBefore, editsOf, previewOf } from "../../state/preview.js";
import { View } from "../view.js";
import { AzDivider } from "./divider.js";
import { lookOf } from "./look.js";
import { AzMarking } from "./marking.js";
import { afterOf, BeforePicture, loads, sharable } from "./pictures.js";

/** @import {Item} from "../../state/batch.js" */
/** @import {Field} from "../../recipe/types.js" */
/** @import {Edits, Result} from "../../server/types.js" */

export class AzCompare extends View {
  #dialog = h("dialog");
  #divider = new AzDivider();
  #marking = /** @type {AzMarking} */ (/** @type {unknown} */ (undefined));
  #title = h("h2");
  #numbers = h("p");
  #notices = h("p");
  #files = h("div");
  #remove = h("button");
  #tools = h("div");
  #before = new BeforePicture();
  /** @type {Item | null} */
  #item = null;
  /** The photo with the recipe as it is, which is not ordered yet.
   * @type {Result | null} */
  #preview = null;
  /** What is being waited for, or why it did not come. */
  #news = "";
  #leave = new AbortController();
  /** What the dialog shows, to see whether that changed. */
  #shown = "";

  /** @param {import("../../state/app.js").App} app @override */
  start(app) {
    super.start(app);
    app.addEventListener("show", (event) => {
      void this.#open(/** @type {CustomEvent<Item>} */ (event).detail);
    });
    app.addEventListener("mark", (event) => {
      void this.#markForAll(/** @type {CustomEvent<Field>} */ (event).detail);
    });
  }

  /** @override */
  build() {
    this.#divider = new AzDivider();
    this.#marking = new AzMarking(this.app);
    this.#marking.addEventListener("done", () => this.#marked());
    this.#title = h("h2", { id: "compare-title", class: "clip" });
    this.#numbers = h("p", { class: "small muted", role: "status" });
    this.#notices = h("p", { class: "small muted notices" });
    this.#files = h("div", { class: "row wrap" });
    this.#tools = h("div", { class: "tools", role: "group", "aria-label": t("marks.tools") });
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
        oncancel: this.#cancel,
        onkeydown: this.#key,
      },
      h("div", { class: "compare-photo" }, this.#divider, this.#marking.overlay),
      this.#marking,
      h(
        "div",
        { class: "compare-foot" },
        h("div", { class: "grow" }, this.#title, this.#numbers, this.#notices),
        this.#step(-1),
        this.#step(1),
        this.#tools,
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
    const { state, generation, results, number, photo } = item;
    const own = Object.keys(item.own).join();
    const shown = [number, state, generation, results[0]?.url, photo, own, this.#news].join(" ");
    if (shown === this.#shown || this.#marking.isOpen) return;
    this.#shown = shown;
    const after = this.#preview ?? (state === "done" ? afterOf(item) : null);
    this.#divider.split(after !== null);
    this.#divider.beforeImage.alt = `${item.name}, ${t("compare.before")}`;
    this.#divider.afterImage.alt = after ? `${item.name}, ${t("compare.after")}` : "";
    if (after) this.#divider.afterImage.src = after.url;
    setText(this.#title, item.name);
    setText(this.#numbers, this.#news || this.#words(item));
    const notices = state === "done" ? item.notices.map(noticeWords) : [];
    this.#notices.hidden = notices.length === 0;
    setText(this.#notices, notices.join(" "));
    this.#files.replaceChildren(
      ...sharable(item).map((result, index) => fileLink(result, index === 0)),
    );
    this.#remove.hidden = item.chunk >= 0;
    setAttribute(this.#tools.lastElementChild ?? this.#tools, "disabled", !photo);
  }

  /** @param {Item} item */
  async #open(item) {
    this.#leaveItem();
    this.#item = item;
    this.#shown = "";
    this.#tools.replaceChildren(
      ...this.#markable().map((field) => this.#tool(field)),
      h("button", { class: "btn", onclick: () => this.#showPreview(50) }, t("preview.show")),
    );
    if (!this.#dialog.open) openModal(this.#dialog);
    void this.app.freshen(item);
    this.update();
    await this.#before.show(item, this.#divider.beforeImage);
  }

  #closed() {
    this.#leaveItem();
    this.#before.stop();
    this.#item = null;
  }

  #leaveItem() {
    this.#leave.abort();
    this.#leave = new AbortController();
    this.#marking.end();
    this.#dialog.classList.remove("marking");
    this.#preview = null;
    this.#news = "";
  }

  #markable() {
    return this.app.recipe.fields.filter(({ mark }) => mark);
  }

  /** @param {Field} field */
  #tool(field) {
    const label = translated(`op.${field.name}`, field.label);
    const attributes = { class: "btn", "data-name": field.name };
    return h("button", { ...attributes, onclick: () => this.#mark(field, false) }, label);
  }

  /** @param {Field} field whose marks the recipe is to have */
  async #markForAll(field) {
    const [item] = this.app.visible();
    if (!item) {
      this.app.toast({ message: t("marks.noPhoto") });
      return;
    }
    await this.#open(item);
    if (item === this.#item) await this.#mark(field, true);
  }

  /**
   * @param {Field} field
   * @param {boolean} forAll
   */
  async #mark(field, forAll) {
    const item = this.#item;
    if (!item) return;
    this.#preview = null;
    const { recipe } = this.app;
    const before = editsBefore(field, recipe.fields, editsOf(item, recipe.edits));
    const image = this.#divider.beforeImage;
    if (Object.keys(before).length) {
      const result = await this.#ask(item, before);
      if (!result || !(await loads(image, result.url))) return;
    } else if (!image.naturalWidth) {
      this.#tell(t("marks.noPicture"));
      return;
    }
    this.#divider.split(false);
    this.#dialog.classList.add("marking");
    this.#marking.begin(item, field, forAll, image.naturalWidth / image.naturalHeight);
  }

  /** All that is set on the photo is seen done. */
  async #marked() {
    const item = this.#item;
    if (!item) return;
    const name = this.#marking.end();
    this.#dialog.classList.remove("marking");
    this.#shown = "";
    this.update();
    /** @type {HTMLElement | null} */ (this.#tools.querySelector(`[data-name="${name}"]`))?.focus();
    await this.#before.show(item, this.#divider.beforeImage);
    if (item === this.#item && item.photo) await this.#showPreview(0);
  }

  /** @param {number} at percent of the picture that are as before */
  async #showPreview(at) {
    const item = this.#item;
    if (!item) return;
    const result = await this.#ask(item, editsOf(item, this.app.recipe.edits));
    if (!result) return;
    this.#preview = result;
    this.#shown = "";
    this.update();
    this.#divider.split(true, at);
  }

  /**
   * @param {Item} item
   * @param {Edits} edits
   * @returns {Promise<Result | null>} null where there is none, or the dialog is elsewhere
   */
  async #ask(item, edits) {
    if (!item.photo) {
      this.#tell(t("preview.later"));
      return null;
    }
    const { signal } = this.#leave;
    this.#tell(t("preview.working"));
    try {
      const result = await previewOf(item.photo, edits, signal);
      if (!signal.aborted) this.#tell("");
      return signal.aborted ? null : result;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!signal.aborted) this.#tell(translated(`error.${error.code}`, error.message));
      return null;
    }
  }

  /** @param {string} news */
  #tell(news) {
    this.#news = news;
    this.update();
  }

  /** @param {Item} item */
  #words(item) {
    const fields = this.app.recipe.fields.filter(({ name }) => name in item.own);
    const labels = fields.map(({ name, label }) => translated(`op.${name}`, label));
    const own = labels.length ? t("marks.own", { operations: list(labels) }) : "";
    return [numbersOf(item), own].filter(Boolean).join(". ");
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
    if (next) void this.#open(next);
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

  /** @param {Event} event Escape ends the marking first, then the dialog */
  #cancel = (event) => {
    if (!this.#marking.isOpen) return;
    event.preventDefault();
    void this.#marked();
  };

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    if (this.#marking.isOpen) return;
    if (event.key === "ArrowLeft") this.#go(-1);
    if (event.key === "ArrowRight") this.#go(1);
  };
}

/**
 * @param {Item} item
 * @returns {string} "13.6 MB → 272 kB web, 8.2 MB print. 6000 × 4000"
 */
function numbersOf(item) {
  if (item.state !== "done") return lookOf(item).text;
  const results = sharable(item).map(
    ({ name, bytes, width, height }) => `${size(bytes)} ${name} (${width} × ${height})`,
  );
  return item.size ? `${size(item.size)} → ${list(results)}` : list(results);
}

/**
 * @param {Result} result
 * @param {boolean} primary
 */
const fileLink = (result, primary) =>
  h(
    "a",
    { class: primary ? "btn pri" : "btn", href: result.url, download: "" },
    icon("down", "small"),
    t("compare.download", { name: result.name }),
  );
