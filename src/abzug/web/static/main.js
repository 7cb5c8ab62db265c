/** Starts the batch page. */

import { App } from "./state/app.js";
import "./components/index.js";
import { listenForKeys } from "./components/shell/shortcuts.js";
import { View } from "./components/view.js";
import { listenForFiles } from "./files/picker.js";

const app = new App();
for (const element of document.querySelectorAll("[data-view]")) {
  if (element instanceof View) element.start(app);
}
listenForFiles((dropped) => app.addFiles(dropped));
listenForKeys(app);
addEventListener("beforeunload", (event) => {
  // the files that are not uploaded are in this page only
  const { new: fresh, uploading } = app.batch.counts();
  if (fresh + uploading > 0) event.preventDefault();
});
await app.open();
