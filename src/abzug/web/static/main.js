/** Starts the batch page. */

import { App } from "./state/app.js";
import "./components/index.js";
import { listenForFiles } from "./files/picker.js";
import { View } from "./lib/view.js";
import { listenForKeys } from "./shortcuts.js";

const app = new App();
for (const element of document.querySelectorAll("[data-view]")) {
  if (element instanceof View) element.start(app);
}
listenForFiles(app);
listenForKeys(app);
addEventListener("beforeunload", (event) => {
  // the files that are not uploaded are in this page only
  const { new: fresh, uploading } = app.batch.counts();
  if (fresh + uploading > 0) event.preventDefault();
});
await app.open();
