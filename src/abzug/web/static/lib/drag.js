/** One drag of a pointer, wherever it goes until it is let go. */

/**
 * @param {Element} element
 * @param {PointerEvent} press
 * @param {(event: PointerEvent) => void} onMove
 * @param {() => void} [onEnd]
 */
export function followDrag(element, press, onMove, onEnd = () => {}) {
  const move = /** @type {EventListener} */ (onMove);
  const drop = () => {
    element.removeEventListener("pointermove", move);
    onEnd();
  };
  element.setPointerCapture(press.pointerId);
  element.addEventListener("pointermove", move);
  element.addEventListener("lostpointercapture", drop, { once: true });
}
