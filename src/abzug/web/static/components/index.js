/** Every element of the page. */

import { AzActions } from "./batch/actions.js";
import { AzFailures } from "./batch/failures.js";
import { AzHead } from "./batch/head.js";
import { AzMissing } from "./batch/missing.js";
import { AzProgress } from "./batch/progress.js";
import { AzRejected } from "./batch/rejected.js";
import { AzTiles } from "./batch/tiles.js";
import { AzTools } from "./batch/tools.js";
import { AzCurves } from "./form/curves.js";
import { AzSlider } from "./form/slider.js";
import { AzCompare } from "./photo/compare.js";
import { AzDivider } from "./photo/divider.js";
import { AzMarking } from "./photo/marking.js";
import { AzOverlay } from "./photo/overlay.js";
import { AzImport } from "./recipe/import.js";
import { AzOutputs } from "./recipe/outputs.js";
import { AzRecipe } from "./recipe/recipe-panel.js";
import { AzDrop } from "./shell/drop-zone.js";
import { AzLoading } from "./shell/loading.js";
import { AzOffline } from "./shell/offline.js";
import { AzToasts } from "./shell/toasts.js";
import { AzTopBar } from "./shell/top-bar.js";

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
  "az-loading": AzLoading,
  "az-missing": AzMissing,
  "az-offline": AzOffline,
  "az-progress": AzProgress,
  "az-recipe": AzRecipe,
  "az-rejected": AzRejected,
  "az-tiles": AzTiles,
  "az-toasts": AzToasts,
  "az-tools": AzTools,
  "az-topbar": AzTopBar,
};

for (const [name, element] of Object.entries(ELEMENTS)) customElements.define(name, element);
