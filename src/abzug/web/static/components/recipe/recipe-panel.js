/** The recipe: presets, a control for every operation that the server knows, outputs, and "Start". */

import { closeButton } from "../../lib/dialogs.js";
import { append, h, setAttribute, setText } from "../../lib/dom.js";
import { number } from "../../lib/format.js";
import { t, translated } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { PREVIEW } from "../../state/batch.js";
import { makeControl } from "../form/form.js";
import { View } from "../view.js";
import { AzImport } from "./import.js";
import { AzOutputs } from "./outputs.js";

/** @import {Choice} from "../form/choices.js" */
/** @import {Control} from "../form/field.js" */
/** @import {Preset} from "../../recipe/presets.js" */
/** @import {Field} from "../../recipe/types.js" */

const OPEN_SECTIONS = 2;
const MOST_CHOICES = 60; // photos of a batch that an edit may be given

/** @typedef {{fields: Field[], changed: HTMLElement}} Section */

export class AzRecipe extends View {
  #form = h("div");
  #import = new AzImport();
  #outputs = new AzOutputs();
  #summary = h("span");
  #refusal = h("p");
  #start = h("button");
  #reset = h("button");
  /** @type {Map<Preset, HTMLButtonElement>} */
  #presets = new Map();
  /** @type {Map<Field, Control>} */
  #controls = new Map();
  /** @type {Section[]} */
  #sections = [];
  #built = false;

  /** @param {import("../../state/app.js").App} app @override */
  start(app) {
    super.start(app);
    app.addEventListener("sheet", () => this.#toggleSheet(true));
    addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !document.querySelector("dialog[open]")) this.#toggleSheet(false);
    });
    matchMedia("(min-width: 1081px)").addEventListener("change", () => this.#toggleSheet(false));
  }

  /** @override */
  build() {
    this.#built = false;
    this.#reset = h(
      "button",
      { class: "btn quiet", onclick: () => this.#resetAll() },
      t("recipe.reset"),
    );
    this.#form = h("div", {
      class: "recipe-body",
      tabindex: -1,
      onmark: this.#mark,
      onphotos: this.#givePhotos,
    });
    this.#summary = h("span", { class: "small muted" });
    this.#refusal = h("p", { class: "small bad", role: "alert" });
    this.#start = h("button", { onclick: () => this.#go() });
    const close = closeButton(() => this.#toggleSheet(false));
    close.classList.add("sheet-only");
    this.setAttribute("role", "complementary");
    this.setAttribute("aria-labelledby", "recipe-title");
    append(this, [
      h(
        "div",
        { class: "recipe-head" },
        h("h2", { id: "recipe-title" }, t("recipe.title")),
        this.#reset,
        close,
      ),
      this.#form,
      h("div", { class: "recipe-foot" }, this.#summary, this.#refusal, this.#start),
    ]);
  }

  /** @override */
  update() {
    const { recipe } = this.app;
    if (!recipe.ready) {
      this.#form.replaceChildren(
        ...Array.from({ length: 8 }, () => h("div", { class: "skeleton control" })),
      );
    } else if (!this.#built) this.#buildForm();
    for (const [field, control] of this.#controls) {
      control.show(recipe.edits[field.name] ?? field.initial);
    }
    for (const { fields, changed } of this.#sections) {
      const count = fields.filter(({ name }) => name in recipe.edits).length;
      changed.hidden = count === 0;
      setText(changed, number(count));
      setAttribute(changed, "aria-label", t("recipe.changed", { n: count }));
    }
    for (const [preset, button] of this.#presets) {
      setAttribute(button, "aria-pressed", String(recipe.isPreset(preset)));
    }
    this.#reset.hidden = Object.keys(recipe.edits).length === 0;
    if (recipe.ready) {
      this.#import.update();
      this.#outputs.update();
    }
    this.#showFoot();
  }

  #buildForm() {
    this.#built = true;
    const { recipe } = this.app;
    this.#controls = new Map();
    this.#presets = new Map(recipe.presets.map((preset) => [preset, this.#presetButton(preset)]));
    const presets = h(
      "div",
      { class: "presets", role: "group", "aria-label": t("recipe.presets") },
      ...this.#presets.values(),
    );
    for (const view of [this.#import, this.#outputs]) if (!view.app) view.start(this.app);
    this.#form.replaceChildren(presets, this.#import, ...this.#buildSections(), this.#outputs);
  }

  #buildSections() {
    const bySection = Map.groupBy(this.app.recipe.fields, ({ section }) => section);
    this.#sections = [];
    return [...bySection].map(([name, fields], index) => {
      const controls = fields.map((field) => {
        const control = makeControl(field, (value) => this.app.recipe.set(field, value));
        this.#controls.set(field, control);
        return control.element;
      });
      const changed = h("span", { class: "changed-count", role: "img" });
      this.#sections.push({ fields, changed });
      const title = translated(`section.${name.toLowerCase()}`, name);
      return h(
        "details",
        { class: "section", open: index < OPEN_SECTIONS },
        h("summary", {}, title, changed, icon("chevron", "small")),
        h("div", { class: "controls" }, ...controls),
      );
    });
  }

  /** @param {Preset} preset */
  #presetButton(preset) {
    const sample = h("img", { src: "/static/scenes/ridges.svg", alt: "" });
    sample.style.filter = preset.impression;
    const use = () =>
      this.app.recipe.use({ edits: preset.edits, outputs: this.app.recipe.outputs });
    return h(
      "button",
      { class: "preset", onclick: use },
      h("span", { class: "photo" }, sample),
      t(preset.name),
    );
  }

  /** @param {CustomEvent<string>} event an operation is to be set on a photo */
  #mark = ({ detail }) => {
    const field = this.app.recipe.fields.find(({ name }) => name === detail);
    this.app.dispatchEvent(new CustomEvent("mark", { detail: field }));
  };

  /** @param {CustomEvent<Choice[]>} event an edit needs a photo, and may have one of the batch */
  #givePhotos = ({ detail }) => {
    const { batch, thumbs } = this.app;
    for (const item of batch.items.filter(({ photo }) => photo).slice(0, MOST_CHOICES)) {
      const preview = item.results.find(({ name }) => name === PREVIEW)?.url ?? null;
      const picture = thumbs.get(item) ?? preview;
      detail.push({ id: String(item.photo), name: item.name, picture });
    }
  };

  #resetAll() {
    const { recipe } = this.app;
    const before = recipe.order;
    recipe.use({ edits: {}, outputs: recipe.outputs });
    this.app.toast({
      message: t("toast.reset"),
      action: { label: t("undo"), run: () => recipe.use(before) },
    });
  }

  #showFoot() {
    const { batch, recipe, pace, orders, ready } = this.app;
    const phase = batch.phase();
    const photos = phase === "done" ? pace.upload.photos : pace.total;
    const outputs = recipe.outputs.length;
    setText(this.#summary, photos ? summaryOf(photos, outputs) : t("recipe.empty"));
    const { refusal } = orders;
    this.#refusal.hidden = !refusal;
    const details = refusal?.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`) ?? [];
    setText(this.#refusal, refusal ? [refusal.message, ...details].join(" ") : "");
    const again = phase === "done" && photos > 0;
    const startable = phase === "empty" || phase === "collecting";
    setAttribute(this.#start, "class", startable ? "btn pri big wide" : "btn big wide");
    this.#start.disabled = !ready || !(again || phase === "collecting");
    setText(this.#start, t(again ? "recipe.again" : startable ? "recipe.start" : "recipe.running"));
  }

  #go() {
    if (this.app.batch.phase() === "done") this.app.editAgain();
    else this.app.startEditing();
    this.#toggleSheet(false);
  }

  /** @param {boolean} open in narrow windows the panel is a sheet over the page */
  #toggleSheet(open) {
    if (this.classList.contains("open") === open) return;
    this.classList.toggle("open", open);
    for (const element of document.querySelectorAll("main, az-topbar, az-actions")) {
      element.toggleAttribute("inert", open);
    }
    const next = open
      ? this.querySelector(".sheet-only")
      : document.querySelector("az-actions button");
    /** @type {HTMLElement | null} */ (next)?.focus();
  }
}

/**
 * @param {number} photos
 * @param {number} outputs
 * @returns {string} "120 photos × 2 outputs = 240 files"
 */
const summaryOf = (photos, outputs) =>
  t("recipe.summary", {
    photos: t("count.photos", { n: photos }),
    outputs: t("count.outputs", { n: outputs }),
    files: t("count.files", { n: photos * outputs }),
  });
