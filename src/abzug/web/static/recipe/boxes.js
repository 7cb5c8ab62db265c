/** Arithmetic of points and rectangles in a picture, in fractions of its sides. */

/** @typedef {{x: number, y: number, width: number, height: number}} Box  a point is without extent */
/** @typedef {-1 | 0 | 1} Side  of a box: left or upper, none, right or lower */

const LEAST = 0.01; // of the picture's side: what a box keeps when it is made smaller
const SHARP = 10_000; // fractions are rounded to this part of a side
const LEAST_TURN = 1e-3; // twice the area of a corner's triangle: less is as good as a line

/**
 * @param {readonly Box[]} boxes
 * @param {number} index
 * @param {number} dx
 * @param {number} dy
 * @returns {Box[]} with that one moved, and kept within the picture
 */
export const movedBy = (boxes, index, dx, dy) =>
  replaced(boxes, index, ({ x, y, width, height }) => ({
    x: within(x + dx, 0, 1 - width),
    y: within(y + dy, 0, 1 - height),
    width,
    height,
  }));

/**
 * @param {readonly Box[]} boxes
 * @param {number} index
 * @param {[Side, Side]} sides that are moved
 * @param {number} dx
 * @param {number} dy
 * @param {number} shape width by height that is kept; 0: any
 * @returns {Box[]}
 */
export const resizedBy = (boxes, index, sides, dx, dy, shape) =>
  replaced(boxes, index, (box) => {
    const [x, width] = stretched(box.x, box.width, sides[0], dx);
    const [y, height] = stretched(box.y, box.height, sides[1], dy);
    const free = { x, y, width, height };
    return shape ? shaped(free, sides, shape) : free;
  });

/**
 * @param {Box} box
 * @param {number} shape
 * @returns {Box} the largest of that shape in its middle
 */
export const fitted = ({ x, y, width, height }, shape) => {
  const across = Math.min(width, height * shape);
  const down = across / shape;
  return exact(x + (width - across) / 2, y + (height - down) / 2, across, down);
};

/**
 * @param {Box} box whose sides were dragged
 * @param {[Side, Side]} sides the longer way leads, and what is opposite stays
 * @param {number} shape
 * @returns {Box}
 */
function shaped({ x, y, width, height }, [across, down], shape) {
  const [stays, other] = [(1 - across) / 2, (1 - down) / 2];
  const [left, top] = [x + width * stays, y + height * other];
  const wanted = Math.max(across ? width : 0, down ? height * shape : 0);
  const most = Math.min(roomFrom(left, across), roomFrom(top, down) * shape);
  const kept = Math.min(wanted, most);
  return exact(left - kept * stays, top - (kept / shape) * other, kept, kept / shape);
}

/**
 * @param {number} from
 * @param {Side} side
 * @returns {number} how much room there is that way; for no way, to both sides alike
 */
const roomFrom = (from, side) =>
  side === 0 ? 2 * Math.min(from, 1 - from) : side > 0 ? 1 - from : from;

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @returns {Box} rounded so that it does not grow beyond the picture
 */
const exact = (x, y, width, height) => ({
  x: sharp(x),
  y: sharp(y),
  width: Math.floor(width * SHARP) / SHARP,
  height: Math.floor(height * SHARP) / SHARP,
});

/**
 * @param {number} start
 * @param {number} extent
 * @param {Side} side
 * @param {number} by
 * @returns {[number, number]}
 */
function stretched(start, extent, side, by) {
  const end = start + extent;
  if (side < 0) {
    const from = within(start + by, 0, end - LEAST);
    return [from, sharp(end - from)];
  }
  return [start, side > 0 ? within(extent + by, LEAST, 1 - start) : extent];
}

/**
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @returns {Box} between two points, wherever they are
 */
export function between(from, to) {
  const [left, right] = [from.x, to.x].map((x) => within(x, 0, 1)).sort((a, b) => a - b);
  const [top, bottom] = [from.y, to.y].map((y) => within(y, 0, 1)).sort((a, b) => a - b);
  const [x, y] = [Math.min(left ?? 0, 1 - LEAST), Math.min(top ?? 0, 1 - LEAST)];
  const width = Math.max(LEAST, sharp((right ?? 0) - x));
  return { x, y, width, height: Math.max(LEAST, sharp((bottom ?? 0) - y)) };
}

/**
 * @param {readonly Box[]} corners
 * @returns {boolean} whether they go clockwise around a shape without dents
 */
export const isConvex = (corners) =>
  corners.every((a, at) => {
    const b = /** @type {Box} */ (corners[(at + 1) % corners.length]);
    const c = /** @type {Box} */ (corners[(at + 2) % corners.length]);
    return (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) > LEAST_TURN;
  });

/**
 * @param {readonly Box[]} boxes
 * @param {number} index
 * @param {(box: Box) => Box} change
 */
const replaced = (boxes, index, change) =>
  boxes.map((box, at) => (at === index ? change(box) : box));

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
const within = (value, least, most) => sharp(Math.max(least, Math.min(most, value)));

/** @param {number} value */
const sharp = (value) => Math.round(value * SHARP) / SHARP;
