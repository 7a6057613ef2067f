/** Two runs over the cases that both have: before, after, and whether chance explains it. */

import { type Key, useWords } from "../../shared/strings.ts";
import { Loading } from "../../shared/ui/loading.tsx";
import { figureText } from "./figure-text.ts";
import { useComparison } from "./use-runs.ts";

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
              <th scope="col">{words("scores.part")}</th>
              <th scope="col">{words("scores.language")}</th>
              <th scope="col">{words("scores.before")}</th>
              <th scope="col">{words("scores.after")}</th>
              <th scope="col">{words("scores.change")}</th>
              <th scope="col">{words("scores.verdict")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.part}/${row.language}/${row.metric}`}>
                <th scope="row">
                  {row.part}
                  <small>{row.title}</small>
                </th>
                <td>{row.language === "all" ? words("scores.together") : row.language}</td>
                <td>{figureText(row.a, row.unit)}</td>
                <td>{figureText(row.b, row.unit)}</td>
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
                  <small>p {row.p.toFixed(3)}</small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
