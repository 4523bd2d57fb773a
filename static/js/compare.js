// The sliders of the comparison: points, bars and places follow at once, columns when a slider is let go.
import { arranger } from "./arranging.js";
import { prepare, rank, shares } from "./ranking.js";

const table = document.querySelector("[data-board]");
const form = document.querySelector("#weights");
const view = document.querySelector("#view");

/** A text node's new words make the browser lay out no more than their own box; equal words, nothing. */
const write = ({ firstChild }, words) => {
  if (firstChild.data !== words) firstChild.data = words;
};
const spoken = (points) => points.replace(".", table.dataset.point);
const rows = () => [...table.rows].filter((row) => !row.classList.contains("group"));

function reader(sliders) {
  const outputs = sliders.map((slider) => slider.parentElement.querySelector(".share"));
  return () => {
    const texts = sliders.map((slider) => slider.value);
    shares(texts).forEach((share, at) => {
      write(outputs[at], `${share} %`);
      sliders[at].setAttribute("aria-valuetext", `${share} %`);
    });
    return texts;
  };
}

/** What changes of one column, looked up once. */
function columnOf(head) {
  const at = head.cellIndex;
  const points = table.querySelector(".points").cells[at];
  return {
    key: head.dataset.key,
    name: head.dataset.name,
    cells: rows().map((row) => row.cells[at]),
    badge: head.querySelector(".rank"),
    points: points.querySelector("[data-points]"),
    bar: points.querySelector("svg"),
    pieces: [...points.querySelectorAll("line")],
    choose: table.querySelector(".act")?.cells[at].querySelector(".button:not(.quiet)"),
  };
}

function draw(column, judged, titles) {
  if (!column.points) return;
  write(column.points, spoken(judged.points));
  judged.parts.forEach((part, at) => {
    column.pieces[at].setAttribute("x1", part.start);
    column.pieces[at].setAttribute("x2", judged.parts[at + 1]?.start ?? judged.points);
  });
  column.bar.setAttribute("aria-label", judged.parts.map((part, at) => `${titles[at]} ${part.length}`).join(", "));
  if (judged.rank === null) return;
  write(column.badge, String(judged.rank));
  const first = judged.rank === 1;
  if (column.first === first) return;
  column.first = first;
  for (const cell of column.cells) {
    cell.classList.toggle("first", first);
    cell.classList.toggle("ranked", !first);
  }
  column.choose?.classList.toggle("primary", first);
}

function start() {
  const sliders = [...form.querySelectorAll("[data-weight]")];
  const titles = sliders.map((slider) => slider.labels[0].textContent);
  const board = prepare(JSON.parse(table.dataset.board));
  const read = reader(sliders);
  const columns = [...table.tHead.rows[0].cells].slice(1).map(columnOf);
  const arrange = arranger(columns, rows());
  let found = new Map();
  let weighed = "";

  const weigh = () => {
    const texts = read();
    if (texts.join() === weighed) return; // let go where it was drawn last
    weighed = texts.join();
    found = rank(board, texts);
    for (const column of columns) draw(column, found.get(column.key), titles);
  };
  const settle = () => {
    weigh();
    const rankOf = ({ key }) => found.get(key).rank;
    const ranked = columns.filter((column) => rankOf(column) !== null).sort((a, b) => rankOf(a) - rankOf(b));
    // Own columns and those outside the ranking stay behind, as they are.
    const best = [...ranked, ...columns.filter((column) => rankOf(column) === null)];
    if (table.dataset.order === "best") arrange(best);
    const said = ranked.slice(0, 3).map(({ key, name }) => `${name} ${spoken(found.get(key).points)}`);
    document.querySelector("#order").textContent = `${table.dataset.told}: ${said.join(", ")}`;
  };
  form.addEventListener("input", weigh);
  form.addEventListener("change", settle);
}

if (table && form) {
  document.documentElement.classList.add("scripted");
  start();
  view.elements.differ.addEventListener("change", ({ target }) => table.classList.toggle("differ", target.checked));
  view.elements.order.addEventListener("change", () => view.requestSubmit());
}
