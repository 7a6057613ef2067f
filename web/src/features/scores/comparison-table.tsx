/** Two runs over the cases that both have: before, after, and whether chance explains it. */

import { nameOf } from "../../shared/languages.ts";
import { type Key, useWords } from "../../shared/strings.ts";
import { Loading } from "../../shared/ui/loading.tsx";
import { figureText } from "./figure-text.ts";
import { type ComparedRow, useComparison } from "./use-runs.ts";

export function ComparisonTable({ a, b }: { a: string; b: string }) {
  const words = useWords();
  const query = useComparison(a, b);
  const rows = query.data?.data ?? [];
  return (
    <section className="card">
      <h2>
        {a} → {b}
      </h2>
      <Loading query={query} />
      {query.data && (
        <p className="explained">
          {query.data.num_shared} {words("scores.shared")}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className="wide" aria-label={`${a} → ${b}`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words("scores.language")}</th>
              <th scope="col">
                {words("scores.after")}
                <small>{words("scores.before")}</small>
              </th>
              <th scope="col">{words("scores.change")}</th>
              <th scope="col">{words("scores.verdict")}</th>
            </tr>
          </thead>
          {groups(rows).map((group) => (
            <tbody key={group.key}>
              <tr className="group">
                <th scope="rowgroup" colSpan={4}>
                  {group.part} <span>{group.title}</span>
                </th>
              </tr>
              {group.rows.map((row) => (
                <ComparedLine key={row.language} row={row} />
              ))}
            </tbody>
          ))}
        </table>
      </section>
    </section>
  );
}

function ComparedLine({ row }: { row: ComparedRow }) {
  const words = useWords();
  return (
    <tr>
      <th scope="row">
        {row.language === "all" ? words("scores.together") : nameOf(row.language)}
      </th>
      <td>
        {figureText(row.b, row.unit)}
        <small>{figureText(row.a, row.unit)}</small>
      </td>
      <td>
        {figureText(row.b - row.a, row.unit)}
        <small>
          {figureText(row.low, row.unit)} – {figureText(row.high, row.unit)}
        </small>
      </td>
      <td>
        <span className="verdict" data-verdict={row.verdict}>
          {words(`scores.verdict.${row.verdict}` as Key)}
        </span>
        <small>{`p\u00a0${row.p.toFixed(3)}`}</small>
      </td>
    </tr>
  );
}

/** Rows of one part and one figure, in the order in which they come. */
function groups(rows: ComparedRow[]) {
  const found = new Map<
    string,
    { key: string; part: string; title: string; rows: ComparedRow[] }
  >();
  for (const row of rows) {
    const key = `${row.part}/${row.metric}`;
    const group = found.get(key) ?? { key, part: row.part, title: row.title, rows: [] };
    group.rows.push(row);
    found.set(key, group);
  }
  // A group of nothing but zeros tells nothing.
  return [...found.values()].filter((group) =>
    group.rows.some((row) => row.a !== 0 || row.b !== 0),
  );
}
