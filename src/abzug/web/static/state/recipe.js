/** The recipe: edits and outputs, kept in this browser. Holds only what the server would take. */

import { recallJson, remember } from "../lib/storage.js";
import { PRESETS } from "../recipe/presets.js";
import { fieldsOf, same } from "../recipe/schema.js";
import { isValid } from "../recipe/validity.js";

/** @import {Preset} from "../recipe/presets.js" */
/** @import {Field} from "../recipe/types.js" */
/** @import {Edits, ImportedPreset, Order, Output, Schema, Schemas} from "../server/types.js" */

/** @type {Output[]} */
const FIRST_OUTPUTS = [{ name: "web", format: "jpeg", quality: 85, max_side: 2048 }];

export class Recipe extends EventTarget {
  /** @type {Field[]} */
  fields = [];
  /** @type {Field[]} */
  outputFields = [];
  /** Only what differs from the default.
   * @type {Edits} */
  edits = {};
  /** @type {Output[]} */
  outputs = [];
  /** What became of the settings of the preset that was imported last.
   * @type {ImportedPreset | null} */
  imported = null;
  /** @type {Record<"edits" | "outputs", Schema>} */
  #schemas = { edits: {}, outputs: {} };

  /** @param {Schemas} schemas */
  describe(schemas) {
    this.#schemas = schemas;
    this.fields = fieldsOf(schemas.edits);
    this.outputFields = fieldsOf(schemas.outputs);
    const kept = recallJson("recipe");
    this.#put(kept?.edits ?? {}, kept?.outputs?.length ? kept.outputs : FIRST_OUTPUTS);
  }

  /** @returns {boolean} whether the server has said what can be done */
  get ready() {
    return this.outputFields.length > 0;
  }

  /**
   * @param {Field} field
   * @param {unknown} value
   */
  set(field, value) {
    const { [field.name]: _, ...edits } = this.edits;
    if (!same(value, field.initial)) edits[field.name] = value;
    this.#put(edits, this.outputs);
  }

  /** @param {Output[]} outputs */
  setOutputs(outputs) {
    this.#put(this.edits, outputs);
  }

  /** @param {Order} order */
  use({ edits, outputs }) {
    this.#put(edits, outputs);
  }

  /**
   * Puts a preset's edits over those that are there: as in Lightroom, what it does not speak of
   * stays as it is.
   *
   * @param {ImportedPreset} preset
   * @returns {() => void} takes it back
   */
  take(preset) {
    const before = this.order;
    this.use({ ...before, edits: { ...before.edits, ...preset.edits } });
    this.imported = preset;
    return () => {
      this.imported = null;
      this.use(before);
    };
  }

  /** @returns {Order} a copy that later changes leave alone */
  get order() {
    return structuredClone({ edits: this.edits, outputs: this.outputs });
  }

  /** The presets of which this server knows every operation.
   * @returns {Preset[]} */
  get presets() {
    return PRESETS.filter(({ edits }) => same(this.#known(edits), edits));
  }

  /**
   * @param {Preset} preset
   * @returns {boolean}
   */
  isPreset({ edits }) {
    const sorted = (/** @type {Edits} */ one) => Object.entries(one).sort();
    return same(sorted(edits), sorted(this.edits));
  }

  /**
   * @param {Edits} edits
   * @param {Output[]} outputs
   */
  #put(edits, outputs) {
    this.edits = this.#known(edits);
    const schema = this.#schemas.outputs;
    this.outputs = outputs.filter((output) => isValid(output, schema, schema));
    remember("recipe", JSON.stringify(this.order));
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Leaves out what this server does not know: the recipe may be of another version.
   *
   * @param {Edits} edits
   * @returns {Edits}
   */
  #known(edits) {
    const schema = this.#schemas.edits;
    const known = Object.entries(edits).filter(([name, value]) => {
      const property = schema["properties"]?.[name];
      return property !== undefined && isValid(value, property, schema);
    });
    return Object.fromEntries(known);
  }
}
