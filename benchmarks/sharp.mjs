// One of the jobs of rivals.py done by sharp, "stock" or "tuned"; prints what rival.py prints.
// usage: node sharp.mjs FOLDER_OF_SHARP MODE JOB FILE

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [folder, mode, job, file] = process.argv.slice(2);
const sharp = createRequire(path.join(folder, "package.json"))("sharp");
const tuned = mode === "tuned";
const SIDES = [2048, 1600, 800, 400, 200];
const data = readFileSync(file);

if (tuned) {
  sharp.concurrency(1); // threads cost a tenth more CPU in all
  sharp.cache(false); // no photo comes twice
}

// exposure, white balance and contrast are one linear function a channel
const tone = (image) => image.linear([1.24, 1.2, 1.17], [-12, -12, -13]);
// the coefficients of saturation 1.15 about Rec. 709 luma, instead of a way through LCh and back
const SATURATION = [0.2126, 0.7152, 0.0722].map((_, row) =>
  [0.2126, 0.7152, 0.0722].map((m, column) => m * -0.15 + (row === column ? 1.15 : 0)),
);
const saturated = (image) =>
  tuned ? image.recomb(SATURATION) : image.modulate({ saturation: 1.15 });

const inside = (side) => [side, side, { fit: "inside", withoutEnlargement: true }];

const JOBS = {
  a: () =>
    saturated(tone(sharp(data).rotate().resize(...inside(1600)))).sharpen().jpeg({ quality: 80 }).toBuffer(),
  b: () => saturated(tone(sharp(data).rotate())).sharpen().jpeg({ quality: 90 }).toBuffer(),
  c: tuned ? cascade : each,
};

// as its pages tell: one pipeline, cloned for each output
async function each() {
  const photo = sharp(data).rotate();
  for (const side of SIDES) {
    const small = photo.clone().resize(...inside(side));
    await small.clone().webp().toBuffer();
    await small.clone().jpeg().toBuffer();
  }
}

// decoded once, each size from the next larger
async function cascade() {
  let raw = sharp(data).rotate();
  for (const side of SIDES) {
    const made = await raw.resize(...inside(side)).raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = made.info;
    raw = sharp(made.data, { raw: { width, height, channels } });
    await raw.clone().webp({ effort: 2 }).toBuffer();
    await raw.clone().jpeg().toBuffer();
  }
}

const cpu = async () => {
  const before = process.cpuUsage();
  await JOBS[job]();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

await cpu();
const taken = [await cpu(), await cpu(), await cpu()].sort((one, other) => one - other);
// on Linux the peak of resourceUsage is handed down from the process that started this one
const status = process.platform === "linux" ? readFileSync("/proc/self/status", "ascii") : "";
const own = status.match(/VmHWM:\s+(\d+)/)?.[1];
const mib = (own ? Number(own) : process.resourceUsage().maxRSS) / 1024;
console.log(JSON.stringify({ cpu: taken[1], mib, version: sharp.versions.sharp }));
