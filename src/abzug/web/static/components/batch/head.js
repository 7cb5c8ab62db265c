/** The batch's name, what to know now, and what can be done with all of it. */

import { choosePhotos } from "../../files/picker.js";
import { append, h, setAttribute, setText } from "../../lib/dom.js";
import { ago, size } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { icon, setIcon } from "../../lib/icons.js";
import { View } from "../view.js";
import { DownloadMenu } from "./download.js";
import { cancelBatch, leaveBatch } from "./leave.js";

export class AzHead extends View {
  #title = h("h1");
  #text = h("p");
  #add = h("button");
  #pause = h("button");
  #pauseText = h("span");
  #cancel = h("button");
  #fresh = h("button");
  #download = new DownloadMenu("btn pri");

  /** @override */
  build() {
    this.#title = h("h1");
    this.#text = h("p");
    this.#add = h(
      "button",
      { class: "btn quiet", onclick: choosePhotos },
      icon("plus", "small"),
      t("head.add"),
    );
    this.#pauseText = h("span");
    this.#pause = h(
      "button",
      { class: "btn quiet", onclick: () => this.app.uploads.pause(!this.app.uploads.paused) },
      icon("pause", "small"),
      this.#pauseText,
    );
    this.#cancel = h(
      "button",
      { class: "btn quiet", onclick: () => cancelBatch(this.app) },
      t("head.cancel"),
    );
    this.#fresh = h(
      "button",
      { class: "btn", onclick: () => leaveBatch(this.app) },
      icon("plus", "small"),
      t("head.new"),
    );
    this.#download = new DownloadMenu("btn pri");
    append(this, [
      h("div", { class: "words" }, this.#title, this.#text),
      h(
        "div",
        { class: "row wrap" },
        this.#add,
        this.#pause,
        this.#cancel,
        this.#fresh,
        this.#download.element,
      ),
    ]);
  }

  /** @override */
  update() {
    const { batch, pace, uploads, ready } = this.app;
    const phase = batch.phase();
    this.hidden = phase === "empty" || !ready;
    document.title = this.#documentTitle();
    if (this.hidden) return;
    const uploading = pace.counts.new + pace.counts.uploading > 0;
    setText(this.#title, batch.name || t("batch.unnamed"));
    setText(this.#text, this.#words());
    this.#add.hidden = phase === "done" || batch.cancelled;
    this.#pause.hidden = !uploading;
    setText(this.#pauseText, t(uploads.paused ? "head.resume" : "head.pause"));
    setIcon(
      /** @type {Element} */ (this.#pause.firstElementChild),
      uploads.paused ? "play" : "pause",
    );
    this.#cancel.hidden = phase !== "running";
    this.#fresh.hidden = phase === "running";
    setAttribute(this.#fresh, "class", phase === "done" ? "btn" : "btn quiet");
    this.#download.update(batch, phase === "done" || phase === "incomplete");
  }

  #documentTitle() {
    const { batch, pace } = this.app;
    if (batch.phase() === "running")
      return t("title.running", { done: pace.finished, total: pace.total });
    return batch.name && batch.items.length ? `${batch.name} · Abzug` : "Abzug";
  }

  #words() {
    const { batch, pace } = this.app;
    const { photos, bytes } = { photos: pace.total, bytes: pace.upload.bytes };
    const what = bytes
      ? t("head.photos.size", { n: photos, size: size(bytes) })
      : t("head.photos", { n: photos });
    return `${what} ${this.#advice(batch.phase())}`;
  }

  /** @param {ReturnType<import("../../state/batch.js").Batch["phase"]>} phase */
  #advice(phase) {
    const { batch, pace } = this.app;
    if (phase === "done") {
      const ends = batch.chunks
        .map(({ job }) => Date.parse(job?.finished_at ?? ""))
        .filter(Number.isFinite);
      return ends.length ? t("head.finished", { ago: ago(Math.max(...ends)) }) : "";
    }
    if (phase === "collecting") return t("head.collecting");
    return pace.toUpload > 0 ? t("head.keep") : t("head.close");
  }
}
