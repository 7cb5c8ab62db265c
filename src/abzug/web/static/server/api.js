/** The HTTP calls that the page makes. A refusal or a failure is an ApiError. */

/** @import {Edits, ImportedPreset, Job, Order, Photo, Schemas, Task} from "./types.js" */

/** A field that the server refused: a JSON pointer into the body, and why.
 * @typedef {{pointer: string, detail: string}} FieldError */

const TRANSIENT = new Set([0, 408, 425, 429]);

export class ApiError extends Error {
  /**
   * @param {number} status the HTTP status; 0 where no answer came
   * @param {Record<string, any>} problem the body, problem+json (RFC 9457)
   * @param {number} [retryAfter] seconds
   */
  constructor(status, problem, retryAfter = 0) {
    super(problem["detail"] ?? problem["title"] ?? `HTTP ${status}`);
    this.status = status;
    this.code = String(problem["code"] ?? "");
    this.advice = String(problem["advice"] ?? "");
    this.requestId = String(problem["request_id"] ?? "");
    /** @type {FieldError[]} */
    this.errors = problem["errors"] ?? [];
    this.retryAfter = retryAfter;
  }

  static network() {
    return new ApiError(0, { code: "network" });
  }

  /** Whether asking again may help. */
  get transient() {
    return TRANSIENT.has(this.status) || this.status >= 500;
  }
}

/**
 * @param {string | null} header Retry-After in seconds
 * @returns {number}
 */
export const seconds = (header) => Math.min(300, Number(header) || 0);

/**
 * @param {number} status
 * @param {string} text
 * @param {string | null} retryAfter
 * @returns {ApiError}
 */
function problemOf(status, text, retryAfter) {
  try {
    return new ApiError(status, JSON.parse(text), seconds(retryAfter));
  } catch {
    return new ApiError(status, {}, seconds(retryAfter)); // a proxy's page, not our server's words
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{body?: unknown, file?: Blob, headers?: Record<string, string>}} [options]
 * @returns {Promise<any>}
 */
async function call(method, path, { body, file, headers = {} } = {}) {
  /** @type {RequestInit} */
  const request = { method, headers: { Accept: "application/json", ...headers } };
  if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers = { ...request.headers, "Content-Type": "application/json" };
  }
  if (file !== undefined) request.body = file;
  const response = await fetch(path, request).catch(() => {
    throw ApiError.network();
  });
  if (!response.ok) {
    throw problemOf(response.status, await response.text(), response.headers.get("Retry-After"));
  }
  return response.status === 204 ? null : response.json();
}

/** @returns {Promise<Schemas>} */
export const fetchSchemas = () => call("GET", "/v1/edits");

/** @typedef {{id: string, title: string, size: number}} Lut */

/**
 * @param {Blob} file a .cube file
 * @returns {Promise<Lut>}
 */
export const storeLut = (file) => call("POST", "/v1/luts", { file });

/** @returns {Promise<{items: Lut[]}>} */
export const fetchLuts = () => call("GET", "/v1/luts?limit=1000");

/**
 * @param {string} id
 * @returns {Promise<null>}
 */
export const deleteLut = (id) => call("DELETE", `/v1/luts/${id}`);

/**
 * @param {File} file a Lightroom preset or a .cube file
 * @returns {Promise<ImportedPreset>}
 */
export const importPreset = (file) =>
  call("POST", `/v1/presets/import?filename=${encodeURIComponent(file.name)}`, { file });

/**
 * @param {string} id
 * @returns {Promise<Job>}
 */
export const fetchJob = (id) => call("GET", `/v1/jobs/${id}`);

/** @typedef {{items: Task[], next: string | null}} TaskPage */

/**
 * @param {string} jobId
 * @returns {string} where its tasks begin
 */
export const tasksUrl = (jobId) => `/v1/jobs/${jobId}/tasks?limit=1000`;

/**
 * @param {string} url of `tasksUrl`, or of the page before
 * @returns {Promise<TaskPage>}
 */
export const fetchTaskPage = (url) => call("GET", url);

/** @typedef {Order & {photos: string[], name: string, overrides?: Record<string, Edits>}} JobOrder */

/**
 * @param {JobOrder} order
 * @param {string} key the same key and body give the same job, however often they are sent
 * @returns {Promise<Job>}
 */
export const postJob = (order, key) =>
  call("POST", "/v1/jobs", { body: order, headers: { "Idempotency-Key": key } });

/**
 * Orders a job of one photo, and waits for it.
 *
 * @param {JobOrder} order
 * @param {string} key
 * @param {AbortSignal} signal
 * @returns {Promise<Task | null>} null where it was given up
 */
export async function finishedTask(order, key, signal) {
  const headers = { "Idempotency-Key": key, Prefer: "wait=30" };
  while (!signal.aborted) {
    const { tasks } = await call("POST", "/v1/jobs", { body: order, headers });
    if (tasks) return tasks[0];
  }
  return null;
}

/**
 * @param {string} jobId
 * @returns {Promise<Job>}
 */
export const cancelJob = (jobId) => call("POST", `/v1/jobs/${jobId}/cancel`);

/**
 * @param {string} jobId
 * @param {string[]} tasks
 * @returns {Promise<Job>}
 */
export const retryTasks = (jobId, tasks) =>
  call("POST", `/v1/jobs/${jobId}/retry`, { body: { tasks } });

/** @returns {Promise<boolean>} whether a server answers */
export const isAlive = () =>
  fetch("/healthz", { cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );

/**
 * @param {string} jobId
 * @param {readonly string[]} outputs
 * @returns {string}
 */
export const zipUrl = (jobId, outputs) =>
  `/v1/jobs/${jobId}/results.zip?outputs=${outputs.map(encodeURIComponent).join(",")}`;

/**
 * A photo at 2048 px. A worker makes it when it is first asked for; that is waited for.
 *
 * @param {string} photoId
 * @param {AbortSignal} signal
 * @returns {Promise<Blob | null>} null where it was given up
 */
export async function fetchProxy(photoId, signal) {
  while (!signal.aborted) {
    const response = await fetch(`/v1/photos/${photoId}/proxy`).catch(() => {
      throw ApiError.network();
    });
    const wait = seconds(response.headers.get("Retry-After"));
    if (response.status === 200) return response.blob();
    if (response.status !== 202) throw problemOf(response.status, await response.text(), null);
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, wait) * 1000));
  }
  return null;
}

/**
 * Sends a photo as a raw body. XMLHttpRequest, because fetch tells nothing of an upload's progress.
 *
 * @param {File} file
 * @param {(bytes: number) => void} onProgress bytes sent so far
 * @param {AbortSignal} signal
 * @returns {Promise<Photo>}
 */
export function postPhoto(file, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/v1/photos?filename=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onerror = () => reject(ApiError.network());
    request.onabort = () => reject(signal.reason);
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText));
      else {
        const retryAfter = request.getResponseHeader("Retry-After");
        reject(problemOf(request.status, request.responseText, retryAfter));
      }
    };
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
