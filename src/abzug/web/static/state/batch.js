/** A batch: photos, where each of them stands, and what was ordered. Pure data, no I/O. */

/** @import {Edits, Failure, Job, Notice, Order, Result, Task} from "../server/types.js" */

/**
 * new: not uploaded yet. ready: uploaded, not ordered. missing: not uploaded, and the page that
 * held the file is gone.
 * @typedef {"new" | "uploading" | "ready" | "waiting" | "editing" | "done" | "failed" |
 *   "cancelled" | "missing"} State
 */

/**
 * @typedef {object} Item one photo of a batch
 * @property {number} number unique on this page
 * @property {string} name
 * @property {number} size bytes; 0 where it is not known
 * @property {number} modified milliseconds since 1970
 * @property {File | null} file
 * @property {State} state
 * @property {number} sent bytes
 * @property {number} tries uploads that broke off
 * @property {string | null} photo id
 * @property {number} chunk index in `Batch.chunks`; -1 while it is not ordered
 * @property {string | null} task id
 * @property {number} generation
 * @property {number} asOf when what is known of the task was true
 * @property {number | null} width
 * @property {number | null} height
 * @property {Edits} own what is set on this photo alone: parts of edits, by operation
 * @property {Failure | null} error
 * @property {Notice[]} notices what is to be known of the result
 * @property {Result[]} results
 * @property {number} resultsAsOf when their URLs were signed
 */

/** @typedef {{name: string, reason: string, advice: string}} Rejected */

/** Photos that were ordered together, as one job. `key` makes sending it twice harmless.
 * @typedef {{key: string, job: Job | null, jobId: string | null}} Chunk */

/** @typedef {"empty" | "collecting" | "running" | "incomplete" | "done"} Phase */

/** The output that every job makes besides what was asked for: the tiles show it. */
export const PREVIEW = "preview";

/** @type {Record<Task["state"], State>} */
const STATE_OF_TASK = {
  queued: "waiting",
  running: "editing",
  succeeded: "done",
  failed: "failed",
  cancelled: "cancelled",
};

let numbers = 0;

/**
 * @param {string} name
 * @param {Partial<Item>} [known]
 * @returns {Item}
 */
export function makeItem(name, known = {}) {
  return {
    number: ++numbers,
    name,
    size: 0,
    modified: 0,
    file: null,
    state: "new",
    sent: 0,
    tries: 0,
    photo: null,
    chunk: -1,
    task: null,
    generation: 0,
    asOf: 0,
    width: null,
    height: null,
    own: {},
    error: null,
    notices: [],
    results: [],
    resultsAsOf: 0,
    ...known,
  };
}

/** @returns {string} 80 random bits */
export const randomId = () =>
  [...crypto.getRandomValues(new Uint8Array(10))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");

/** @param {{name: string, size: number, lastModified: number}} file */
const fingerprint = (file) => `${file.name}|${file.size}|${file.lastModified}`;

export class Batch {
  id = randomId();
  name = "";
  created = Date.now();
  /** @type {Item[]} */
  items = [];
  /** @type {Rejected[]} */
  rejected = [];
  /** @type {Order | null} */
  order = null;
  /** @type {Chunk[]} */
  chunks = [];
  cancelled = false;
  /** @type {Map<string, Item>} */
  #byFile = new Map();
  /** @type {Map<string, Item>} */
  #byPhoto = new Map();

  /** @param {Item} item */
  add(item) {
    this.items.push(item);
    const { name, size, modified } = item;
    this.#byFile.set(fingerprint({ name, size, lastModified: modified }), item);
    if (item.photo) this.#byPhoto.set(item.photo, item);
  }

  /**
   * Takes a file in: as a new photo, or as the file of one that was missing.
   *
   * @param {File} file
   * @returns {boolean} false where it is in the batch already
   */
  addFile(file) {
    const known = this.#byFile.get(fingerprint(file));
    if (!known) {
      const { name, size, lastModified } = file;
      this.add(makeItem(name, { size, modified: lastModified, file }));
      return true;
    }
    known.file ??= file;
    if (known.state !== "missing") return false;
    known.state = "new";
    return true;
  }

  /**
   * @param {Item} item
   * @param {string} photo id
   */
  uploaded(item, photo) {
    item.photo = photo;
    item.state = "ready";
    item.sent = item.size;
    item.error = null;
    this.#byPhoto.set(photo, item);
  }

  /** @param {Item} item */
  remove(item) {
    this.items = this.items.filter((other) => other !== item);
    const { name, size, modified } = item;
    this.#byFile.delete(fingerprint({ name, size, lastModified: modified }));
    if (item.photo) this.#byPhoto.delete(item.photo);
  }

  /** Gives up what is not ordered. */
  cancel() {
    this.cancelled = true;
    for (const item of this.items) {
      if (item.chunk < 0) item.state = "cancelled";
    }
  }

  /**
   * @param {Task} task
   * @param {number} asOf when this was true; older news than what is known changes nothing
   */
  applyTask(task, asOf) {
    const chunk = this.chunks.findIndex((candidate) => candidate.jobId === task.job_id);
    if (chunk < 0) return;
    let item = this.#byPhoto.get(task.photo_id);
    if (!item) {
      item = makeItem(task.filename, { photo: task.photo_id });
      this.add(item);
    }
    if (asOf < item.asOf || task.generation < item.generation) return;
    // the same results under new signatures would make the browser load every picture again
    const known = item.state === "done" && item.generation === task.generation;
    if (!known || item.resultsAsOf === 0) {
      item.results = task.results;
      item.resultsAsOf = asOf;
    }
    item.asOf = asOf;
    item.chunk = chunk;
    item.task = task.id;
    item.generation = task.generation;
    item.state = STATE_OF_TASK[task.state];
    item.error = task.error;
    item.notices = task.notices;
  }

  /** @param {Job} job */
  applyJob(job) {
    const chunk = this.chunks.find((candidate) => candidate.jobId === job.id);
    if (!chunk) return;
    chunk.job = { ...chunk.job, ...job };
    this.name ||= job.name ?? "";
    // a batch that this browser knows only by its URL
    if (job.edits && job.outputs) this.order ??= { edits: job.edits, outputs: job.outputs };
  }

  /** @param {readonly string[]} ids jobs that belong to this batch */
  addJobs(ids) {
    for (const jobId of ids) {
      if (this.chunks.every((chunk) => chunk.jobId !== jobId)) {
        this.chunks.push({ key: "", jobId, job: null });
      }
    }
  }

  /** @returns {Record<State, number>} */
  counts() {
    /** @type {Record<State, number>} */
    const counts = {
      new: 0,
      uploading: 0,
      ready: 0,
      waiting: 0,
      editing: 0,
      done: 0,
      failed: 0,
      cancelled: 0,
      missing: 0,
    };
    for (const item of this.items) counts[item.state] += 1;
    return counts;
  }

  /** @returns {{photos: number, bytes: number, sent: number}} what is on the server of what is to be */
  uploadProgress() {
    const progress = { photos: 0, bytes: 0, sent: 0 };
    for (const item of this.items) {
      progress.bytes += item.size;
      if (item.photo) progress.photos += 1;
      progress.sent += item.photo ? item.size : item.sent;
    }
    return progress;
  }

  /** @returns {Phase} */
  phase() {
    if (this.items.length === 0) return "empty";
    if (!this.order) return "collecting";
    const counts = this.counts();
    if (counts.new + counts.uploading + counts.ready + counts.waiting + counts.editing > 0) {
      return "running";
    }
    return counts.missing > 0 ? "incomplete" : "done";
  }

  /** @returns {Item[]} the failed ones that trying again may help */
  retryable() {
    return this.items.filter((item) => item.state === "failed" && !item.error?.permanent);
  }

  /** @returns {string[]} names of the outputs that people asked for */
  outputNames() {
    return (this.order?.outputs ?? []).map(({ name }) => name).filter((name) => name !== PREVIEW);
  }
}
