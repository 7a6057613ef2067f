/** The same wait looked at from three sides: the stages it is made of, languages, providers. */

import { useState } from "react";
import type { BrowserFigures, Percentiles } from "../../shared/api.ts";
import { nameOf } from "../../shared/languages.ts";
import { useStageNames, useWords } from "../../shared/strings.ts";

const SIDES = ["stages", "languages", "providers"] as const;
type Side = (typeof SIDES)[number];

export function Breakdown({ figures }: { figures: BrowserFigures["figures"] }) {
  const words = useWords();
  const stageName = useStageNames();
  const [side, setSide] = useState<Side>("stages");
  const rows = Object.entries(figures[side]);
  const naming = { stages: stageName, languages: nameOf, providers: (key: string) => key };
  return (
    <section className="card">
      <h2>{words("latency.by")}</h2>
      <fieldset className="chips chips-small">
        <legend className="visually-hidden">{words("latency.by")}</legend>
        {SIDES.map((one) => (
          <label key={one} className="chip">
            <input type="radio" name="side" checked={side === one} onChange={() => setSide(one)} />
            <span>{words(`latency.by.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      {rows.length === 0 ? (
        <p className="empty">{words("latency.by.none")}</p>
      ) : (
        <PercentileTable
          first={words(`latency.by.${side}`)}
          rows={rows.map(([key, row]) => ({
            key,
            name: naming[side](key),
            row,
          }))}
        />
      )}
      <p className="table-note">
        {words(side === "stages" ? "latency.by.path" : "latency.by.wait")}
      </p>
    </section>
  );
}

export interface PercentileRow {
  key: string;
  name: string;
  means?: string;
  row: Percentiles | undefined;
}

const written = (ms: number | undefined) => (ms === undefined ? "–" : Math.round(ms));

export function PercentileTable({ first, rows }: { first: string; rows: PercentileRow[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{first}</th>
          <th scope="col">p50</th>
          <th scope="col">p95</th>
          <th scope="col">p99</th>
          <th scope="col">n</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, means, row }) => (
          <tr key={key}>
            <th scope="row">
              {name}
              {means && <small>{means}</small>}
            </th>
            <td>{written(row?.p50)}</td>
            <td>{written(row?.p95)}</td>
            <td>{written(row?.p99)}</td>
            <td>{row?.n ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
