/**
 * Curves through points, as the engine draws them (edits/curves.py, monotone_cubic): what is seen
 * is what is done.
 */

/** @typedef {[number, number]} Point before, after */

/**
 * A smooth curve through two or more points with rising x, level beyond the first and the last.
 * Between two points it stays between their heights, so it never swings over. From F. Fritsch and
 * R. Carlson, "Monotone Piecewise Cubic Interpolation" (1980); the slope at a point is the harmonic
 * mean of those on its sides, or level where the curve turns around.
 *
 * @param {readonly Point[]} points
 * @returns {(x: number) => number}
 */
export function monotoneCubic(points) {
  const pieces = points.slice(1).map((end, index) => {
    const start = /** @type {Point} */ (points[index]);
    const width = end[0] - start[0];
    return { start, end, width, slope: (end[1] - start[1]) / width };
  });
  const slopes = pieces.map(({ slope }) => slope);
  const tangents = points.map((_, index) => {
    const [before, after] = [slopes[index - 1], slopes[index]];
    if (before === undefined || after === undefined) return after ?? before ?? 0;
    return before * after > 0 ? (2 * before * after) / (before + after) : 0;
  });
  return (x) => {
    const found = pieces.findIndex(({ end }) => x <= end[0]);
    const index = found < 0 ? pieces.length - 1 : found;
    const { start, end, width } = /** @type {typeof pieces[0]} */ (pieces[index]);
    const [from, to] = [tangents[index] ?? 0, tangents[index + 1] ?? 0];
    const at = Math.max(0, Math.min(1, (x - start[0]) / width));
    const rise = at * at * (3 - 2 * at);
    const bend = at * (1 - at) * width * ((1 - at) * from - at * to);
    return start[1] + rise * (end[1] - start[1]) + bend;
  };
}

/**
 * @param {readonly Point[]} points none: nothing is changed
 * @param {number} size of the square: x and y are 0..size
 * @returns {Point[]} the ends that are meant where there are none
 */
export const withEnds = (points, size) =>
  points.length
    ? [...points]
    : [
        [0, 0],
        [size, size],
      ];

/**
 * @param {readonly Point[]} points
 * @param {number} size
 * @returns {Point[]} none, if they are the two ends that are meant without any
 */
export const withoutEnds = (points, size) => {
  const [first, last] = [points[0], points.at(-1)];
  const neutral = first?.every((one) => one === 0) && last?.every((one) => one === size);
  return neutral && points.length === 2 ? [] : [...points];
};

/**
 * @param {readonly Point[]} points
 * @param {number} index
 * @param {Point} to where it is wanted: it stays in the square, and between its neighbors
 * @param {number} size
 * @returns {Point[]}
 */
export function moved(points, index, [x, y], size) {
  const least = (points[index - 1]?.[0] ?? -1) + 1;
  const most = (points[index + 1]?.[0] ?? size + 1) - 1;
  const kept = /** @type {Point} */ ([within(x, least, most), within(y, 0, size)]);
  return points.map((point, at) => (at === index ? kept : point));
}

/**
 * A new point, unless there is one beside it already, or no more may be.
 *
 * @param {readonly Point[]} points
 * @param {Point} point
 * @param {{size: number, most: number, apart: number}} limits
 * @returns {{points: Point[], index: number}} and which one is meant
 */
export function added(points, [x, y], { size, most, apart }) {
  const distances = points.map((point) => Math.abs(point[0] - x));
  const nearest = distances.indexOf(Math.min(...distances));
  const isFree = (distances[nearest] ?? size) >= apart && points.length < most;
  if (!isFree) return { points: moved(points, nearest, [x, y], size), index: nearest };
  const index = points.filter((point) => point[0] < x).length;
  const grown = points.toSpliced(index, 0, [x, y]);
  return { points: moved(grown, index, [x, y], size), index };
}

/**
 * @param {readonly Point[]} points
 * @param {number} index of an end: it goes back to its corner
 * @param {number} size
 * @returns {Point[]}
 */
export function removed(points, index, size) {
  if (index === 0) return [[0, 0], ...points.slice(1)];
  if (index === points.length - 1) return [...points.slice(0, -1), [size, size]];
  return points.toSpliced(index, 1);
}

/**
 * @param {readonly Point[]} points
 * @returns {number} x in the middle of the widest gap: where a point is missed most
 */
export function widestGap(points) {
  const gaps = points.slice(1).map(([x], index) => x - (points[index]?.[0] ?? 0));
  const index = gaps.indexOf(Math.max(...gaps));
  return Math.round((points[index]?.[0] ?? 0) + (gaps[index] ?? 0) / 2);
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
const within = (value, least, most) => Math.round(Math.max(least, Math.min(most, value)));
