/** Two bars, upload and editing, each with its own numbers and time left. */

import { append, h, setAttribute, setText } from "../../lib/dom.js";
import { duration, size } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { View } from "../view.js";

/** @typedef {{row: HTMLElement, bar: HTMLElement, good: HTMLElement, bad: HTMLElement,
 *   what: HTMLElement, failed: HTMLElement, more: HTMLElement, left: HTMLElement}} Line */

export class AzProgress extends View {
  #upload = makeLine("");
  #editing = makeLine("");

  /** @override */
  build() {
    this.#upload = makeLine(t("progress.upload"));
    this.#editing = makeLine(t("progress.editing"));
    const attributes = { class: "card bars", "aria-label": t("progress.title") };
    append(this, [h("section", attributes, this.#upload.row, this.#editing.row)]);
  }

  /** @override */
  update() {
    const { batch, ready } = this.app;
    this.hidden = !ready || batch.items.length === 0;
    if (this.hidden) return;
    this.#showUpload();
    this.#showEditing();
  }

  #showUpload() {
    const { pace, batch } = this.app;
    const { photos, sent, bytes } = pace.upload;
    const done = photos === pace.total;
    const words = { done: photos, total: pace.total };
    const known = { ...words, sent: size(sent), size: size(bytes) };
    const share = bytes ? sent / bytes : photos / Math.max(1, pace.total);
    showLine(this.#upload, share, 0, t("progress.uploaded", words));
    const all = bytes
      ? t("head.photos.size", { n: pace.total, size: size(bytes) })
      : t("head.photos", { n: pace.total });
    setText(this.#upload.what, done ? all.replace(/\.$/, "") : t("progress.uploaded.bytes", known));
    setText(this.#upload.left, this.#uploadLeft(done || batch.cancelled));
    setAttribute(this.#upload.left, "class", done ? "left faint" : "left");
  }

  /** @param {boolean} done */
  #uploadLeft(done) {
    const { gate, uploads, pace } = this.app;
    if (done) return t("progress.complete");
    if (!gate.open) return t("progress.held");
    if (uploads.paused) return t("progress.paused");
    if (pace.counts.new + pace.counts.uploading === 0) return t("progress.incomplete");
    return timeLeft(pace.uploadLeft);
  }

  #showEditing() {
    const { pace, batch } = this.app;
    const { done, failed } = pace.counts;
    const phase = batch.phase();
    const running = phase === "running";
    const words = { done, total: pace.total };
    const failures = failed ? t("progress.failed", { n: failed }) : "";
    const label = [t("progress.edited", words), failures].filter(Boolean).join(", ");
    showLine(this.#editing, done / pace.total, failed / pace.total, label);
    setAttribute(this.#editing.good, "class", running ? "hot" : "good");
    setText(
      this.#editing.what,
      phase === "collecting" ? t("progress.unordered") : t("progress.of", words),
    );
    setText(this.#editing.failed, failures && `, ${failures}`);
    const speed =
      running && pace.perMinute > 0 ? `, ${t("progress.speed", { n: pace.perMinute })}` : "";
    setText(this.#editing.more, speed);
    setText(this.#editing.left, this.#editingLeft(phase));
    setAttribute(this.#editing.left, "class", running ? "left" : "left faint");
  }

  /** @param {ReturnType<import("../../state/batch.js").Batch["phase"]>} phase */
  #editingLeft(phase) {
    const { gate, pace, batch } = this.app;
    if (phase === "collecting" || phase === "incomplete") return "";
    if (phase === "done") return batch.cancelled ? t("progress.cancelled") : this.#took();
    if (!gate.open) return t("progress.goesOn");
    return timeLeft(pace.editingLeft);
  }

  #took() {
    const times = this.app.batch.chunks.flatMap(({ job }) => [job?.created_at, job?.finished_at]);
    const known = times.map((time) => Date.parse(time ?? "")).filter(Number.isFinite);
    if (known.length < 2) return "";
    return t("progress.took", { time: duration((Math.max(...known) - Math.min(...known)) / 1000) });
  }
}

/** @param {number | null} seconds */
const timeLeft = (seconds) =>
  seconds === null
    ? t("progress.measuring")
    : t("progress.left", { time: duration(Math.max(1, seconds)) });

/**
 * @param {string} title
 * @returns {Line}
 */
function makeLine(title) {
  const [good, bad] = [h("i", { class: "good" }), h("i", { class: "bad" })];
  const [what, failed, more, left] = [
    h("span"),
    h("span", { class: "bad" }),
    h("span"),
    h("span", { class: "left" }),
  ];
  const bar = h("div", { class: "bar", role: "img" }, good, bad);
  const words = h("span", { class: "what muted" }, what, failed, more);
  return {
    row: h("div", { class: "line" }, h("b", {}, title), bar, words, left),
    bar,
    good,
    bad,
    what,
    failed,
    more,
    left,
  };
}

/**
 * @param {Line} line
 * @param {number} goodShare 0–1
 * @param {number} badShare 0–1
 * @param {string} label the same in words
 */
function showLine({ bar, good, bad }, goodShare, badShare, label) {
  good.style.width = `${Math.min(1, goodShare) * 100}%`;
  bad.style.width = `${Math.min(1, badShare) * 100}%`;
  setAttribute(bar, "aria-label", label);
}
