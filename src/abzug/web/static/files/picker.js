/** The ways in: file choosers, and drops anywhere on the page. */

import { h } from "../lib/dom.js";
import { filesOfDrop, filesOfInput } from "./drop.js";

/** @import {InputFormat} from "../server/types.js" */
/** @import {Dropped} from "./drop.js" */

const photos = h("input", { type: "file", multiple: true, accept: "image/*", hidden: true });
const preset = h("input", { type: "file", accept: ".xmp,.lrtemplate,.cube", hidden: true });
const folder = h("input", { type: "file", webkitdirectory: true, hidden: true });

export const choosePhotos = () => photos.click();
export const chooseFolder = () => folder.click();
export const choosePreset = () => preset.click();

/**
 * Has the chooser offer what no system knows as a picture by itself: RAW files, say.
 *
 * @param {InputFormat[]} formats those that the server reads
 */
export function offerFormats(formats) {
  const names = formats.flatMap(({ extensions }) => extensions.map((name) => `.${name}`));
  photos.accept = ["image/*", ...names].join();
}

/** @param {(dropped: Dropped) => void} take what was chosen or dropped */
export function listenForFiles(take) {
  for (const input of [photos, folder, preset]) {
    input.addEventListener("change", () => {
      take(filesOfInput(input));
      input.value = ""; // or choosing the same again would be no change
    });
    document.body.append(input);
  }
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dragging");
  });
  addEventListener("drop", async (event) => {
    document.body.classList.remove("dragging");
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // or the browser would open the photo in place of the page
    take(await filesOfDrop(event.dataTransfer));
  });
}
