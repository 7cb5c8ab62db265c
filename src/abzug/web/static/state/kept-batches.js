/**
 * Batches beyond the life of a page: the URL names the batch and its jobs, localStorage knows its
 * photos.
 */

import { forget, keys, recallJson, remember } from "../lib/storage.js";
import { Batch, makeItem } from "./batch.js";

/** @import {Edits} from "../server/types.js" */

const KEPT = 4;
const VERSION = 1;

/** name, size, modified, photo, chunk, own: left out where there is nothing
 * @typedef {[string, number, number, string | null, number, Edits?]} Row */

/** @param {string} id */
const keyOf = (id) => `batch.${id}`;

/**
 * @param {Batch} batch
 * @returns {boolean} false where it could not be kept
 */
export function saveBatch(batch) {
  const rows = batch.items.map((item) => {
    const { name, size, modified, photo, chunk, own } = item;
    const kept = Object.keys(own).length ? [own] : [];
    return /** @type {Row} */ ([name, size, modified, photo, chunk, ...kept]);
  });
  const { id, name, created, order, cancelled } = batch;
  const chunks = batch.chunks.map(({ key, jobId }) => ({ key, jobId }));
  const text = { version: VERSION, id, name, created, order, cancelled, chunks, rows };
  return remember(keyOf(id), JSON.stringify(text));
}

/**
 * @param {string} id
 * @returns {Batch | null}
 */
export function loadBatch(id) {
  const kept = recallJson(keyOf(id));
  if (kept?.version !== VERSION) return null;
  const batch = new Batch();
  const { name, created, order, cancelled, chunks } = kept;
  Object.assign(batch, { id, name, created, order, cancelled });
  for (const { key, jobId } of chunks) batch.chunks.push({ key, jobId, job: null });
  for (const [file, size, modified, photo, chunk, own = {}] of /** @type {Row[]} */ (kept.rows)) {
    /** @type {import("./batch.js").State} */
    const state = chunk >= 0 ? "waiting" : cancelled ? "cancelled" : photo ? "ready" : "missing";
    batch.add(makeItem(file, { size, modified, photo, chunk, own, state }));
  }
  return batch;
}

/** The batch that was made last, with how many photos it has.
 * @returns {{id: string, name: string, created: number, photos: number} | null} */
export function lastBatch() {
  const [newest] = known();
  return newest ? { ...newest, photos: newest.rows.length } : null;
}

/** Forgets all but the newest batches. Their jobs and photos stay on the server. */
export function forgetOldBatches() {
  for (const { id } of known().slice(KEPT)) forget(keyOf(id));
}

/** @returns {{id: string, name: string, created: number, rows: Row[]}[]} newest first */
const known = () =>
  keys("batch.")
    .map((key) => recallJson(key))
    .filter((batch) => batch?.version === VERSION)
    .sort((a, b) => b.created - a.created);

/** @returns {{id: string, jobs: string[]} | null} what the URL names */
export function batchOfUrl() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const id = parameters.get("batch");
  if (!id) return null;
  return { id, jobs: (parameters.get("jobs") ?? "").split(",").filter(Boolean) };
}

/** @param {Batch} batch */
export function putIntoUrl(batch) {
  const jobs = batch.chunks.flatMap((chunk) => chunk.jobId ?? []);
  const suffix = jobs.length ? `&jobs=${jobs.join(",")}` : "";
  const hash = batch.items.length ? `#batch=${batch.id}${suffix}` : "";
  if (location.hash !== hash) history.replaceState(null, "", location.pathname + hash);
}
