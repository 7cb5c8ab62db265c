/** The page's state, and what people can do. Parts of the page listen to `change`. */

import { offerFormats } from "../files/picker.js";
import { isPreset, learnSignatures } from "../files/sniff.js";
import { date } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { nextTheme } from "../lib/theme.js";
import { ApiError, fetchSchemas, importPreset, isAlive } from "../server/api.js";
import { Events } from "../server/events.js";
import { Gate } from "../server/gate.js";
import { Batch, makeItem } from "./batch.js";
import { Display } from "./display.js";
import { takeIn } from "./intake.js";
import { batchOfUrl, loadBatch } from "./kept-batches.js";
import { Orders, withPreview } from "./orders.js";
import { Ownership } from "./ownership.js";
import { Pace } from "./pace.js";
import { Recipe } from "./recipe.js";
import { Thumbs } from "./thumbs.js";
import { Uploads } from "./uploads.js";

/** @import {Schemas} from "../server/types.js" */
/** @import {Item} from "./batch.js" */
/** @import {Dropped} from "../files/drop.js" */
/** @import {News} from "../server/events.js" */

/** @typedef {{message: string, action?: {label: string, run: () => void}}} Toast */

const UPDATE_EVERY = 250; // ms
const RENEW_EVERY = 60_000; // ms: at most so often are the results' URLs signed anew
const RENEW_AFTER = 30 * 60_000; // ms: they run out after an hour

export class App extends EventTarget {
  gate = new Gate(isAlive);
  recipe = new Recipe();
  batch = new Batch();
  pace = new Pace(this.batch);
  uploads = new Uploads(this.gate, () => this.changed());
  orders = new Orders(
    this.gate,
    () => this.changed(),
    () => this.#save(),
  );
  events = new Events((news) => this.#heard(news));
  thumbs = new Thumbs(() => this.changed());
  ready = false;
  /** @type {ApiError | null} why the page could not be loaded */
  error = null;
  display = new Display();
  #ownership = new Ownership(() => this.toast({ message: t("toast.forgetful") }));
  #updateTimer = 0;
  #lastUpdate = 0;
  #renewed = 0;

  async open() {
    this.uploads.watch(this.batch);
    this.gate.addEventListener("change", () => this.#connectionChanged());
    this.recipe.addEventListener("change", () => this.changed());
    this.events.addEventListener("change", () => this.changed());
    addEventListener("hashchange", () => this.#follow());
    addEventListener("pagehide", () => this.#save());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#resync();
    });
    this.events.start();
    await this.load();
  }

  /** Loads what the page needs; again when people ask for it after a failure. */
  async load() {
    this.ready = false;
    this.error = null;
    this.refresh();
    try {
      if (!this.recipe.ready) this.#describe(await fetchSchemas());
      await this.#openAddressed();
      this.ready = true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
    this.refresh();
  }

  /** @param {Schemas} schemas what the server reads, does and writes */
  #describe(schemas) {
    learnSignatures(schemas.inputs);
    offerFormats(schemas.inputs);
    this.recipe.describe(schemas);
  }

  /** Shows the new state soon, at most four times a second. */
  changed() {
    if (this.#updateTimer) return;
    const wait = Math.max(0, this.#lastUpdate + UPDATE_EVERY - performance.now());
    this.#updateTimer = setTimeout(() => this.refresh(), wait);
  }

  /** Shows the new state now: for what people do themselves. */
  refresh() {
    clearTimeout(this.#updateTimer);
    this.#updateTimer = 0;
    this.#lastUpdate = performance.now();
    this.pace.measure(this.batch, this.uploads.paused || !this.gate.open);
    if (this.#ownership.mine) {
      void this.orders.pump(this.batch, this.#moreToCome());
      this.#ownership.saveSoon(this.batch);
    }
    this.dispatchEvent(new Event("change"));
  }

  /** @returns {Item[]} those that the filter shows */
  visible() {
    return this.display.visible(this.batch);
  }

  /** @param {Toast} toast */
  toast(toast) {
    this.dispatchEvent(new CustomEvent("toast", { detail: toast }));
  }

  /** @param {Item} item */
  show(item) {
    this.dispatchEvent(new CustomEvent("show", { detail: item }));
  }

  /** @param {Dropped} dropped */
  addFiles({ files, folder }) {
    const [first] = files;
    // beside photos it is the sidecar file of one of them
    if (files.length === 1 && first && isPreset(first)) {
      void this.importPreset(first);
      return;
    }
    if (this.#isClosed()) this.newBatch();
    const { batch } = this;
    if (batch.items.length === 0 && !this.#ownership.mine) void this.#take();
    batch.name ||= folder || t("batch.name", { date: date(batch.created) });
    const doubles = takeIn(batch, files);
    if (doubles) this.toast({ message: t("toast.doubles", { n: doubles }) });
    this.#save();
    this.uploads.again();
    this.refresh();
  }

  /** @param {File} file */
  async importPreset(file) {
    await this.#telling(
      importPreset(file).then((preset) => {
        const run = this.recipe.take(preset);
        const action = { label: t("undo"), run };
        this.toast({ message: t("toast.imported", { name: preset.name }), action });
      }),
    );
  }

  startEditing() {
    const { edits, outputs } = this.recipe.order;
    this.orders.start(this.batch, { edits, outputs: withPreview(outputs) });
    this.refresh();
  }

  /** The same photos with the recipe as it is now; nothing is uploaded again. */
  editAgain() {
    const uploaded = this.batch.items.filter((item) => item.photo);
    const { name } = this.batch;
    this.newBatch();
    this.batch.name = name;
    for (const { name: file, ...item } of uploaded) {
      const { size, modified, photo, width, height, own, file: local } = item;
      const known = { size, modified, photo, width, height, own, file: local };
      this.batch.add(makeItem(file, { ...known, state: "ready" }));
    }
    void this.#take();
    this.startEditing();
  }

  /** Begins anew. The old batch stays where its URL points. */
  newBatch() {
    this.#save();
    this.error = null;
    this.ready = true;
    this.#ownership.leave();
    this.#use(new Batch());
    history.pushState(null, "", location.pathname);
    this.refresh();
  }

  /** @param {Item} item not ordered yet */
  remove(item) {
    this.batch.remove(item);
    this.uploads.again();
    this.refresh();
  }

  /** Goes on without the photos whose files are gone. */
  leaveOutMissing() {
    for (const item of this.batch.items.filter(({ state }) => state === "missing")) {
      this.batch.remove(item);
    }
    this.#save();
    this.refresh();
  }

  /** @param {Item[]} items failed ones */
  async retry(items) {
    for (const item of items.filter(({ photo }) => !photo)) {
      Object.assign(item, { state: "new", tries: 0, error: null });
    }
    this.uploads.again();
    this.toast({ message: t("toast.retried", { n: items.length }) });
    await this.#telling(this.orders.retry(this.batch, items));
  }

  async cancel() {
    this.uploads.stop();
    await this.#telling(this.orders.cancel(this.batch));
  }

  /** @param {Item} item whose results are to be looked at, or saved */
  async freshen(item) {
    if (item.resultsAsOf && performance.now() - item.resultsAsOf > RENEW_AFTER) {
      await this.renewResults();
    }
  }

  /** Signed URLs of results run out: asks for new ones when a picture fails. */
  async renewResults() {
    if (this.#renewed && performance.now() - this.#renewed < RENEW_EVERY) return;
    this.#renewed = performance.now();
    for (const item of this.batch.items) item.resultsAsOf = 0;
    await this.#telling(this.orders.syncAll(this.batch));
  }

  /** @param {Parameters<Display["choose"]>[0]} choice */
  choose(choice) {
    this.display.choose(choice);
    this.refresh();
  }

  switchTheme() {
    nextTheme();
    this.refresh();
  }

  #moreToCome() {
    const { new: fresh, uploading } = this.batch.counts();
    return uploading > 0 || (fresh > 0 && !this.uploads.paused);
  }

  /** @param {News} news */
  #heard(news) {
    if (news.type === "task") this.batch.applyTask(news.task, performance.now());
    if (news.type === "job") this.batch.applyJob(news.job);
    if (news.type === "open" && this.error?.transient) void this.load();
    else if (news.type === "open") this.#resync();
    if (news.type === "lost") void this.gate.check();
    this.changed();
  }

  #connectionChanged() {
    if (this.gate.open) this.events.revive();
    this.changed();
  }

  #resync() {
    if (this.ready) void this.#telling(this.orders.syncUnfinished(this.batch));
  }

  /**
   * Waits for what was asked of the server, and says so where it refuses.
   *
   * @param {Promise<void>} action
   */
  async #telling(action) {
    try {
      await action;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.toast({ message: error.message });
    }
    this.refresh();
  }

  /** @returns {boolean} whether more photos begin a new batch */
  #isClosed() {
    const { batch } = this;
    return batch.phase() === "done" || batch.cancelled || this.#ownership.foreign;
  }

  /** Opens the batch that the URL names. */
  async #openAddressed() {
    const wanted = batchOfUrl();
    if (!wanted) return;
    this.#ownership.leave();
    const claim = await this.#ownership.claim(wanted.id);
    const batch = loadBatch(wanted.id) ?? new Batch();
    batch.id = wanted.id;
    batch.addJobs(wanted.jobs);
    await this.orders.load(batch);
    if (claim.left.aborted) return;
    this.#use(batch);
    this.#ownership.settle(claim);
    // the other tab is gone: go on from where it left the batch
    if (!claim.mine) void claim.freed.then(() => this.load());
  }

  /** Somebody went back, or changed the address. */
  #follow() {
    const id = batchOfUrl()?.id;
    if (id === this.batch.id || (!id && this.batch.items.length === 0)) return;
    this.#ownership.keep(this.batch); // and not its address: the URL is the other batch's already
    this.#ownership.leave();
    this.#use(new Batch());
    void this.load();
  }

  /** @param {Batch} batch */
  #use(batch) {
    this.batch = batch;
    this.display.filter = "all";
    this.pace = new Pace(batch);
    this.orders.refusal = null;
    this.uploads.watch(batch);
  }

  /** This tab orders and keeps the new batch. */
  async #take() {
    if (!(await this.#ownership.take(this.batch))) return;
    this.refresh();
    this.#save();
  }

  #save() {
    this.#ownership.save(this.batch);
  }
}
