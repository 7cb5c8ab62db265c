/** The ways in: file choosers, and drops anywhere on the page. */

import { h } from "../lib/dom.js";
import { filesOfDrop, filesOfInput } from "./drop.js";

/** @import {Dropped} from "./drop.js" */

const ACCEPT =
  "image/*,.heic,.heif,.avif,.tif,.tiff,.jxl," +
  ".dng,.cr2,.cr3,.nef,.nrw,.arw,.orf,.rw2,.raf,.pef,.srw,.3fr,.iiq,.x3f";

const photos = h("input", { type: "file", multiple: true, accept: ACCEPT, hidden: true });
const preset = h("input", { type: "file", accept: ".xmp,.lrtemplate,.cube", hidden: true });
const folder = h("input", { type: "file", webkitdirectory: true, hidden: true });

export const choosePhotos = () => photos.click();
export const chooseFolder = () => folder.click();
export const choosePreset = () => preset.click();

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
