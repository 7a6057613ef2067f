/** One run: a table for each part, languages down, metrics across. */

import { nameOf } from "../../shared/languages.ts";
import { useWords } from "../../shared/strings.ts";
import { Loading } from "../../shared/ui/loading.tsx";
import { figureText } from "./figure-text.ts";
import { type Figure, type MetricFacts, useRun } from "./use-runs.ts";

export function RunTables({ name }: { name: string }) {
  const words = useWords();
  const query = useRun(name);
  const found = query.data;
  const leftOut = Object.entries(found?.left_out ?? {});
  return (
    <>
      <Loading query={query} />
      {found &&
        Object.entries(found.parts).map(([part, { figures }]) => (
          <PartTable key={part} part={part} figures={figures} metrics={found.metrics} />
        ))}
      {found && (leftOut.length > 0 || found.problems.length > 0) && (
        <section className="card">
          <h2>{words("scores.left.out")}</h2>
          <ul className="gaps">
            {leftOut.map(([where, why]) => (
              <li key={where}>
                <b>{where}</b> {why}
              </li>
            ))}
            {found.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

interface PartTableProps {
  part: string;
  figures: Record<string, Record<string, Figure>>;
  metrics: Record<string, MetricFacts>;
}

function PartTable({ part, figures, metrics }: PartTableProps) {
  const words = useWords();
  const names = Object.keys(figures).filter((name) => name !== "failed" || hasFailed(figures));
  const tags = [...new Set(Object.values(figures).flatMap((byTag) => Object.keys(byTag)))];
  return (
    <section className="card">
      <h2>{part}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className="wide" aria-label={part} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words("scores.language")}</th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {metrics[name]?.title ?? name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tags.map((tag) => (
              <tr key={tag}>
                <th scope="row">{tag === "all" ? words("scores.together") : nameOf(tag)}</th>
                {names.map((name) => (
                  <FigureCell key={name} figure={figures[name]?.[tag]} metric={metrics[name]} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

/** A column of zeros tells nothing. */
const hasFailed = (figures: PartTableProps["figures"]) =>
  Object.values(figures.failed ?? {}).some((it) => it.value > 0);

function FigureCell({
  figure,
  metric,
}: {
  figure: Figure | undefined;
  metric: MetricFacts | undefined;
}) {
  if (!figure || !metric) return <td>–</td>;
  const share = metric.unit === "%" ? Math.min(1, figure.value) * 100 : null;
  return (
    <td>
      {figureText(figure.value, metric.unit)}
      {share !== null && (
        <span className="meter" data-low={metric.is_better_low || undefined} aria-hidden="true">
          <span style={{ width: `${share}%` }} />
        </span>
      )}
      <small>
        {figureText(figure.low, metric.unit)} – {figureText(figure.high, metric.unit)}, n {figure.n}
      </small>
    </td>
  );
}
