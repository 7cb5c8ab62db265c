/**
 * The shapes that cross the wire (see the API reference at /docs). Types only.
 *
 * @typedef {{code: string, message: string, advice: string, permanent: boolean}} Failure
 * @typedef {{name: string, format: string, media_type: string, width: number, height: number,
 *   bytes: number, url: string}} Result
 * @typedef {"queued" | "running" | "succeeded" | "failed" | "cancelled"} TaskState
 * @typedef {{id: string, job_id: string, photo_id: string, filename: string, state: TaskState,
 *   generation: number, error: Failure | null, notices: Notice[], results: Result[]}} Task
 * @typedef {string | number | string[] | Record<string, number>} Value
 * @typedef {{code: string, values: Record<string, Value>, text: string}} Notice
 * @typedef {{total: number, queued: number, running: number, succeeded: number, failed: number,
 *   cancelled: number}} Counts
 * @typedef {{id: string, name: string, state: string, counts: Counts, edits?: Edits,
 *   outputs?: Output[], created_at: string, started_at: string | null,
 *   finished_at: string | null}} Job
 * @typedef {{id: string, filename: string, media_type: string, bytes: number,
 *   width: number | null, height: number | null}} Photo
 * @typedef {Record<string, unknown>} Edits
 * @typedef {{property: string, outcome: "carried" | "approximated" | "ignored", reason: string,
 *   code: string, values: Record<string, string | number>}} PresetNote
 * @typedef {{name: string, edits: Edits, notes: PresetNote[]}} ImportedPreset
 * @typedef {{name: string} & Record<string, unknown>} Output
 * @typedef {{edits: Edits, outputs: Output[]}} Order
 * @typedef {Record<string, any>} Schema  JSON Schema 2020-12, as pydantic writes it
 * @typedef {{name: string, media_type: string, extensions: string[], signature: string}} InputFormat
 * @typedef {{edits: Schema, outputs: Schema, inputs: InputFormat[],
 *   engine_version: string}} Schemas
 */

export {};
