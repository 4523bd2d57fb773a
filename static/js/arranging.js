/** A wide table's columns in another order, without holding anything up: the eye sees them there at once, shifted; the
 * document, which is read aloud, tabbed through and copied, follows in the next frames, some rows in each.
 */

const CELLS = 250; // that move in one frame: with their layout less than half of its sixteen milliseconds

/** `columns` as they stand; each has its `cells`, one for each of `rows`. Gives a function that takes the new order. */
export function arranger(columns, rows) {
  const lines = rows.map((row, at) => ({ row, at, order: columns }));
  const atOnce = Math.max(1, Math.floor(CELLS / columns.length));
  let wanted = columns;
  let frame = 0;

  /** `starts`: where each column of the document begins, from the left. */
  const shift = ({ at, order }, starts) => {
    const places = new Map(wanted.map((column, place) => [column, starts[place]]));
    order.forEach((column, own) => {
      const by = places.get(column) - starts[own];
      column.cells[at].style.translate = by ? `${by}px` : "";
    });
  };
  const settle = (line) => {
    line.row.append(...wanted.map(({ cells }) => cells[line.at]));
    for (const { cells } of wanted) cells[line.at].style.translate = "";
    line.order = wanted;
  };
  const follow = () => {
    const behind = lines.filter(({ order }) => order !== wanted);
    behind.slice(0, atOnce).forEach(settle);
    if (behind.length > atOnce) frame = requestAnimationFrame(follow);
  };

  return (order) => {
    if (order.every((column, at) => column === wanted[at])) return;
    wanted = order;
    const starts = lines[0].order.map(({ cells }) => cells[0].offsetLeft);
    for (const line of lines) shift(line, starts);
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(follow);
  };
}
