/** What is there before the batch is: skeletons while it loads, and why it could not be loaded. */

import { append, h, setText } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { View } from "../view.js";

const SKELETONS = 18;

export class AzLoading extends View {
  #loading = h("div");
  #error = h("div");
  #what = h("p");
  #code = h("p");

  /** @override */
  build() {
    this.#loading = skeleton();
    this.#what = h("p");
    this.#code = h("p", { class: "xs faint mono" });
    this.#error = h(
      "div",
      { class: "empty", role: "alert" },
      icon("warning"),
      h("h1", {}, t("error.title")),
      this.#what,
      h(
        "div",
        { class: "row wrap" },
        h(
          "button",
          { class: "btn pri", onclick: () => this.app.load() },
          icon("retry", "small"),
          t("error.again"),
        ),
        h("button", { class: "btn", onclick: () => this.app.newBatch() }, t("head.new")),
      ),
      this.#code,
    );
    append(this, [this.#loading, this.#error]);
  }

  /** @override */
  update() {
    const { error, ready } = this.app;
    this.#loading.hidden = ready || error !== null;
    this.#error.hidden = error === null;
    this.hidden = this.#loading.hidden && this.#error.hidden;
    if (!error) return;
    const known = error.status === 0 ? t("offline.title") : error.message;
    setText(this.#what, `${known} ${t("error.safe")}`);
    const request = error.requestId && t("error.request", { id: error.requestId });
    setText(this.#code, [error.status || "", error.code, request].filter(Boolean).join(" "));
  }
}

function skeleton() {
  const tile = () =>
    h(
      "li",
      {},
      h("div", { class: "photo skeleton" }),
      h("div", { class: "skeleton line" }),
      h("div", { class: "skeleton line short" }),
    );
  return h(
    "div",
    { "aria-busy": true },
    h("h1", { class: "unseen" }, t("loading")),
    h("div", { class: "skeleton title" }),
    h(
      "div",
      { class: "card bars" },
      h("div", { class: "skeleton" }),
      h("div", { class: "skeleton" }),
    ),
    h(
      "ul",
      { class: "tiles skeletons", "aria-hidden": true },
      ...Array.from({ length: SKELETONS }, tile),
    ),
  );
}
