/**
 * Turns uploaded photos into jobs, and keeps what is known of the jobs true.
 *
 * What is uploaded when editing starts is one job. The rest follows in parts while it is being
 * uploaded, each twice as large as the one before: editing begins early, and a thousand photos
 * make five parts (and five ZIPs), not twenty.
 */

import { ownEdits } from "../recipe/marks.js";
import {
  ApiError,
  cancelJob,
  fetchJob,
  fetchTaskPage,
  postJob,
  retryTasks,
  tasksUrl,
} from "../server/api.js";
import { PREVIEW, randomId } from "./batch.js";

/** @import {TaskPage} from "../server/api.js" */
/** @import {Batch, Chunk, Item} from "./batch.js" */
/** @import {Gate} from "../server/gate.js" */
/** @import {Edits, Order, Output} from "../server/types.js" */

const FIRST_PART = 50;
const LARGEST_PART = 1000;
const MOST_PHOTOS = 10_000; // of one job

export class Orders {
  #gate;
  #onChange;
  #save;
  /** What the server refused of the order, or null.
   * @type {ApiError | null} */
  refusal = null;
  #sending = false;

  /**
   * @param {Gate} gate
   * @param {() => void} onChange
   * @param {() => void} save keeps the batch beyond this page's life; called before a job is sent
   */
  constructor(gate, onChange, save) {
    this.#gate = gate;
    this.#onChange = onChange;
    this.#save = save;
  }

  /**
   * @param {Batch} batch
   * @param {Order} order
   */
  start(batch, order) {
    batch.order = order;
    this.refusal = null;
  }

  /**
   * Orders what is ready, when that is enough for a part or no more will come.
   *
   * @param {Batch} batch
   * @param {boolean} moreToCome whether photos are still being uploaded
   */
  async pump(batch, moreToCome) {
    if (!batch.order || this.#sending) return;
    const unsent = batch.chunks.findIndex((chunk) => !chunk.jobId);
    if (unsent < 0 && !this.#makeChunk(batch, moreToCome)) return;
    this.#sending = true;
    try {
      await this.#send(batch, unsent < 0 ? batch.chunks.length - 1 : unsent);
    } finally {
      this.#sending = false;
      this.#onChange();
    }
  }

  /**
   * @param {Batch} batch
   * @param {boolean} moreToCome
   * @returns {boolean}
   */
  #makeChunk(batch, moreToCome) {
    const ready = batch.items.filter((item) => item.state === "ready").slice(0, MOST_PHOTOS);
    const enough = Math.min(LARGEST_PART, FIRST_PART * 2 ** batch.chunks.length);
    if (ready.length === 0 || (moreToCome && ready.length < enough)) return false;
    batch.chunks.push({ key: randomId(), job: null, jobId: null });
    for (const item of ready) {
      item.chunk = batch.chunks.length - 1;
      item.state = "waiting";
    }
    this.#save();
    return true;
  }

  /**
   * @param {Batch} batch
   * @param {number} index of the chunk
   */
  async #send(batch, index) {
    const chunk = /** @type {Chunk} */ (batch.chunks[index]);
    const items = batch.items.filter((item) => item.chunk === index);
    const photos = items.map((item) => /** @type {string} */ (item.photo));
    const { edits, outputs } = /** @type {Order} */ (batch.order);
    const overrides = overridesOf(items, edits);
    const order = { edits, outputs, overrides, photos, name: batch.name };
    try {
      const job = await this.#gate.through(() => postJob(order, chunk.key));
      chunk.jobId = job.id;
      chunk.job = job;
      this.#save();
      if (batch.cancelled) await this.#cancelJob(batch, job.id);
      await this.sync(batch, job.id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#refused(batch, index, items, error);
    }
  }

  /**
   * @param {Batch} batch
   * @param {number} index
   * @param {Item[]} items
   * @param {ApiError} error
   */
  #refused(batch, index, items, error) {
    this.refusal = error;
    const { code, message, advice } = error;
    for (const item of items) {
      item.chunk = -1;
      item.state = index === 0 ? "ready" : "failed";
      if (index > 0) item.error = { code, message, advice, permanent: true };
    }
    batch.chunks.splice(index, 1);
    if (index === 0) batch.order = null;
    this.#save();
  }

  /**
   * Asks how a job and its tasks stand.
   *
   * @param {Batch} batch
   * @param {string} jobId
   */
  sync(batch, jobId) {
    return this.#fetch(batch, jobId, (call) => this.#gate.through(call));
  }

  /**
   * Asks for all jobs that are not finished: events may have been missed.
   *
   * @param {Batch} batch
   */
  async syncUnfinished(batch) {
    for (const { jobId, job } of batch.chunks) {
      if (jobId && !job?.finished_at) await this.sync(batch, jobId);
    }
  }

  /** @param {Batch} batch */
  async syncAll(batch) {
    for (const { jobId } of batch.chunks) {
      if (jobId) await this.sync(batch, jobId);
    }
  }

  /**
   * Asks for all jobs of a batch that is opened; does not wait for a server that is away.
   *
   * @param {Batch} batch
   */
  async load(batch) {
    for (const { jobId } of batch.chunks) {
      if (jobId) await this.#fetch(batch, jobId, (call) => call());
    }
  }

  /**
   * @param {Batch} batch
   * @param {string} jobId
   * @param {<T>(call: () => Promise<T>) => Promise<T>} through
   */
  async #fetch(batch, jobId, through) {
    const asOf = performance.now();
    batch.applyJob(await through(() => fetchJob(jobId)));
    /** @type {string | null} */
    let url = tasksUrl(jobId);
    while (url) {
      const from = url;
      /** @type {TaskPage} */
      const page = await through(() => fetchTaskPage(from));
      for (const task of page.items) batch.applyTask(task, asOf);
      url = page.next;
      this.#onChange();
    }
  }

  /**
   * @param {Batch} batch
   * @param {readonly Item[]} items failed ones
   */
  async retry(batch, items) {
    const byChunk = Map.groupBy(items, (item) => item.chunk);
    for (const [index, group] of byChunk) {
      const jobId = batch.chunks[index]?.jobId;
      const tasks = group.flatMap((item) => item.task ?? []);
      if (!jobId || tasks.length === 0) continue;
      // 409: another window was first
      await unlessRefused(this.#gate.through(() => retryTasks(jobId, tasks)));
      await this.sync(batch, jobId);
    }
  }

  /** @param {Batch} batch */
  async cancel(batch) {
    batch.cancel();
    this.#save();
    for (const { jobId, job } of batch.chunks) {
      if (jobId && !job?.finished_at) await this.#cancelJob(batch, jobId);
    }
  }

  /**
   * @param {Batch} batch
   * @param {string} jobId
   */
  async #cancelJob(batch, jobId) {
    // 409: it finished meanwhile, and the results are there
    await unlessRefused(this.#gate.through(() => cancelJob(jobId)));
    await this.sync(batch, jobId);
  }
}

/**
 * What the server refuses as not fitting the job's state is no error: its state is asked for next.
 *
 * @param {Promise<unknown>} call
 */
async function unlessRefused(call) {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}

/**
 * @param {readonly Item[]} items uploaded
 * @param {Edits} edits
 * @returns {Record<string, Edits>} of the photos that have edits of their own, by photo
 */
const overridesOf = (items, edits) =>
  Object.fromEntries(
    items
      .filter(({ own }) => Object.keys(own).length > 0)
      .map(({ photo, own }) => [photo, ownEdits(edits, own)]),
  );

/**
 * The outputs to order: those asked for, and the small one that the tiles show.
 *
 * @param {readonly Output[]} outputs
 * @returns {Output[]}
 */
export const withPreview = (outputs) => [
  ...outputs,
  { name: PREVIEW, format: "webp", max_side: 512, quality: 75, metadata: "strip" },
];
