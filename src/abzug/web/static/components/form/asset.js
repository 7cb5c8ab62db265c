/** A file that an edit needs: stored as soon as it is chosen, or stored already; its id is the value. */

import { append, h } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { isAbsent } from "../../recipe/schema.js";
import { ApiError, postPhoto, storeLut } from "../../server/api.js";
import { Choices, nameOf, rememberName } from "./choices.js";
import { labelled, nextId } from "./field.js";

/** @import {Control, Listener} from "./field.js" */
/** @import {Field} from "../../recipe/types.js" */

/** @typedef {{accept: string, store: (file: File) => Promise<{id: string}>}} Kind */

/** @type {Record<string, Kind>} */
const KINDS = {
  lut: { accept: ".cube", store: storeLut },
  photo: {
    accept: "image/*",
    store: (file) => postPhoto(file, () => {}, new AbortController().signal),
  },
};

/**
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
export function assetControl(field, label, onEdit) {
  const id = nextId();
  const { accept, store } = KINDS[field.asset] ?? { accept: "", store: storeLut };
  const isPicture = field.asset === "photo";
  const none = field.nullable ? null : "";
  const input = h("input", { id, class: "in", type: "file", accept });
  const picture = h("img", { class: "asset", alt: "", hidden: true });
  picture.addEventListener("load", () => (picture.hidden = false));
  const words = h("small", { class: "grow", role: "status" });
  const remove = h(
    "button",
    { class: "btn quiet", "aria-label": t("form.removeOne", { name: label }) },
    t("form.remove"),
  );
  remove.addEventListener("click", () => onEdit(none));
  const tell = (/** @type {ApiError} */ error) => {
    words.textContent = error.message || t("live.off");
  };
  const choices = new Choices(field.asset, {
    choose: (choice) => {
      rememberName(choice.id, choice.name);
      input.value = "";
      onEdit(choice.id);
    },
    gone: (gone) => {
      if (gone === choices.current) onEdit(none);
    },
    failed: tell,
  });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      const stored = await store(file);
      rememberName(stored.id, file.name);
      onEdit(stored.id);
      await choices.refresh();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      tell(error);
      input.value = "";
    }
  });
  const control = labelled(field, id, label, input, (value) => {
    const absent = isAbsent(value);
    words.textContent = absent ? "" : `✓ ${nameOf(String(value))}`;
    remove.hidden = absent;
    picture.hidden = true; // until it is loaded: the browser may not know its format
    if (absent) input.value = "";
    else if (isPicture) picture.src = `/v1/photos/${value}/original`;
    choices.show(absent ? "" : String(value));
  });
  append(control.element, [
    choices.element,
    h("div", { class: "row" }, isPicture && picture, words, remove),
  ]);
  return control;
}
