/** The server's formula "eval-1" in whole numbers: weights in, points and ranks out. It knows nothing of the page.
 *
 * A board is { one, columns: [{ key, ranked, scores }] }: scores are whole numbers over `one`, columns stand in the
 * order that breaks ties. Weights are decimal texts, in the order of the scores.
 */

const HUNDRED = 100n;

/** The board with its numbers read once, so that many weightings cost little. */
export function prepare(board) {
  return {
    one: BigInt(board.one),
    columns: board.columns.map(({ key, ranked, scores }) => ({ key, ranked, scores: scores.map(BigInt) })),
  };
}

/** Decimal texts as whole numbers with one denominator that nobody needs: only their proportions count. */
export function whole(texts) {
  const decimals = Math.max(0, ...texts.map((text) => (text.split(".")[1] ?? "").length));
  return texts.map((text) => {
    const [before, after = ""] = text.split(".");
    return BigInt(before + after.padEnd(decimals, "0"));
  });
}

/** `dividend / divisor` with two decimals, half to even; both are not negative. */
export function rounded(dividend, divisor) {
  let found = (dividend * HUNDRED) / divisor;
  const twice = 2n * ((dividend * HUNDRED) % divisor);
  if (twice > divisor || (twice === divisor && found % 2n === 1n)) found += 1n;
  const digits = String(found).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Points, contributions and their beginnings with two decimals, and the rank, of every column by its key. */
export function rank(prepared, texts) {
  const weights = whole(texts);
  const everything = weights.reduce((sum, weight) => sum + weight, 0n);
  const divisor = everything === 0n ? 1n : everything * prepared.one;
  const judged = prepared.columns.map((column) => judge(column, weights, divisor));
  judged
    .filter((column) => column.ranked)
    .sort((a, b) => (a.sum === b.sum ? 0 : a.sum > b.sum ? -1 : 1)) // stable: ties stay as they came
    .forEach((column, at) => (column.rank = at + 1));
  return new Map(judged.map((column) => [column.key, column]));
}

function judge({ key, ranked, scores }, weights, divisor) {
  let sum = 0n;
  const parts = scores.map((score, at) => {
    const weighted = HUNDRED * weights[at] * score;
    const part = { start: rounded(sum, divisor), length: rounded(weighted, divisor) };
    sum += weighted;
    return part;
  });
  return { key, ranked, sum, points: rounded(sum, divisor), parts, rank: null };
}

/** Each weight's share of all, in whole percent. */
export function shares(texts) {
  const weights = whole(texts);
  const everything = weights.reduce((sum, weight) => sum + weight, 0n);
  return weights.map((weight) => {
    if (everything === 0n) return "0";
    const twice = 2n * ((HUNDRED * weight) % everything);
    const found = (HUNDRED * weight) / everything;
    return String(found + (twice > everything || (twice === everything && found % 2n === 1n) ? 1n : 0n));
  });
}
