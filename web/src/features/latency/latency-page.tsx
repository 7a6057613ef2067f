/** Where every millisecond went. */

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { api } from "../../shared/api.ts";
import type { Clocks } from "../../shared/events.gen.ts";
import { type Key, useWords } from "../../shared/strings.ts";
import { Loading } from "../../shared/ui/loading.tsx";

const Chart = lazy(() => import("./turns-chart.tsx"));

export interface MeasuredTurn {
  clocks: Clocks;
  segmentsMs: Record<string, number>;
  voiceToVoiceMs: number | null;
  usd: number | null;
}

const CLOCKS = ["ack", "first_audio", "first_answer", "voice_to_voice", "yield"] as const;

export function LatencyPage({ turns }: { turns: MeasuredTurn[] }) {
  const words = useWords();
  const query = useQuery({ queryKey: ["clocks"], queryFn: api.clocks, refetchInterval: 5_000 });
  const figures = query.data;
  const last = turns.at(-1);
  const usd = turns.reduce((sum, turn) => sum + (turn.usd ?? 0), 0);
  return (
    <main id="main" className="page">
      <header className="page-head">
        <h1>{words("latency.title")}</h1>
        <p>{words("latency.lead")}</p>
      </header>
      <Loading query={query} />
      {figures && figures.num_turns === 0 && <p className="empty">{words("latency.none")}</p>}
      {figures && figures.num_turns > 0 && (
        <>
          <ul className="figures">
            <Figure value={String(figures.num_turns)} name={words("latency.turns")} />
            <Figure
              value={`${Math.round(figures.filler_share * 100)} %`}
              name={words("latency.fillers")}
            />
            <Figure value={`$${usd.toFixed(4)}`} name={words("latency.cost")} />
          </ul>
          <section className="card">
            <h2>{words("latency.table")}</h2>
            <table>
              <thead>
                <tr>
                  <th scope="col">{words("latency.clock")}</th>
                  <th scope="col">p50</th>
                  <th scope="col">p95</th>
                  <th scope="col">p99</th>
                  <th scope="col">n</th>
                </tr>
              </thead>
              <tbody>
                {CLOCKS.map((clock) => {
                  const row = figures.clocks_ms[clock];
                  return (
                    <tr key={clock}>
                      <th scope="row">
                        {words(`latency.${clock}` as Key)}
                        <small>{words(`latency.means.${clock}` as Key)}</small>
                      </th>
                      <td>{row ? Math.round(row.p50) : "–"}</td>
                      <td>{row ? Math.round(row.p95) : "–"}</td>
                      <td>{row ? Math.round(row.p99) : "–"}</td>
                      <td>{row?.n ?? "–"}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </section>
        </>
      )}
      {turns.length > 0 && (
        <section className="card">
          <h2>{words("latency.chart")}</h2>
          <Suspense fallback={<div className="chart" />}>
            <Chart turns={turns} />
          </Suspense>
        </section>
      )}
      {last && Object.keys(last.segmentsMs).length > 0 && (
        <section className="card">
          <h2>{words("latency.segments")}</h2>
          <Segments segmentsMs={last.segmentsMs} />
        </section>
      )}
    </main>
  );
}

function Figure({ value, name }: { value: string; name: string }) {
  return (
    <li>
      <strong>{value}</strong>
      <span>{name}</span>
    </li>
  );
}

function Segments({ segmentsMs }: { segmentsMs: Record<string, number> }) {
  const longest = Math.max(1, ...Object.values(segmentsMs));
  return (
    <dl className="bars">
      {Object.entries(segmentsMs).map(([name, ms]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span className="bar" style={{ width: `${(ms / longest) * 100}%` }} />
            <b>{ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms</b>
          </dd>
        </div>
      ))}
    </dl>
  );
}
