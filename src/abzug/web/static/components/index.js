/** Every element of the page. */

import { AzActions } from "./actions.js";
import { AzCompare } from "./compare.js";
import { AzCurves } from "./curves.js";
import { AzDivider } from "./divider.js";
import { AzDrop } from "./drop-zone.js";
import { AzFailures } from "./failures.js";
import { AzHead } from "./head.js";
import { AzImport } from "./import.js";
import { AzMarking } from "./marking.js";
import { AzMissing } from "./missing.js";
import { AzOffline } from "./offline.js";
import { AzOutputs } from "./outputs.js";
import { AzOverlay } from "./overlay.js";
import { AzProgress } from "./progress.js";
import { AzRecipe } from "./recipe-panel.js";
import { AzRejected } from "./rejected.js";
import { AzSlider } from "./slider.js";
import { AzStage } from "./stage.js";
import { AzTiles } from "./tiles.js";
import { AzToasts } from "./toasts.js";
import { AzTools } from "./tools.js";
import { AzTopBar } from "./top-bar.js";

const ELEMENTS = {
  // first those that others make while they are made themselves
  "az-curves": AzCurves,
  "az-divider": AzDivider,
  "az-import": AzImport,
  "az-outputs": AzOutputs,
  "az-overlay": AzOverlay,
  "az-marking": AzMarking,
  "az-slider": AzSlider,
  "az-actions": AzActions,
  "az-compare": AzCompare,
  "az-drop": AzDrop,
  "az-failures": AzFailures,
  "az-head": AzHead,
  "az-missing": AzMissing,
  "az-offline": AzOffline,
  "az-progress": AzProgress,
  "az-recipe": AzRecipe,
  "az-rejected": AzRejected,
  "az-stage": AzStage,
  "az-tiles": AzTiles,
  "az-toasts": AzToasts,
  "az-tools": AzTools,
  "az-topbar": AzTopBar,
};

for (const [name, element] of Object.entries(ELEMENTS)) customElements.define(name, element);
