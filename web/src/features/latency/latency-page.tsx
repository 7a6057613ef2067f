/** Where every millisecond went. */

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { api } from "../../shared/api.ts";
import type { Clocks } from "../../shared/events.gen.ts";
import { type Key, useStageNames, useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { Loading } from "../../shared/ui/loading.tsx";
import { Breakdown, PercentileTable } from "./breakdown.tsx";

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
  const browsers = useQuery({
    queryKey: ["measured"],
    queryFn: api.measured,
    refetchInterval: 5_000,
  });
  // Older servers keep no ledger: nothing is shown then.
  const costs = useQuery({ queryKey: ["costs"], queryFn: api.costs, retry: false });
  const figures = query.data;
  const seen = browsers.data?.figures;
  const endings = browsers.data?.endings ?? [];
  const last = turns.at(-1);
  const usd = turns.reduce((sum, turn) => sum + (turn.usd ?? 0), 0);
  return (
    <main id="main" className="page">
      <header className="page-head">
        <h1>{words("latency.title")}</h1>
        <p>{words("latency.lead")}</p>
      </header>
      {endings.map((ending) => (
        <p key={ending} className="banner banner-soft" data-testid="ending">
          <Icon name="bell" /> {ending}
        </p>
      ))}
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
            <Figure
              value={dollars(usd / Math.max(1, turns.length))}
              name={words("latency.cost.turn")}
            />
            <Figure value={dollars(usd)} name={words("latency.cost")} />
            {costs.data && (
              <Figure
                value={dollars(costs.data.day_usd)}
                name={
                  costs.data.day_budget_usd === null
                    ? words("latency.cost.today")
                    : `${words("latency.cost.today")}, ${words("latency.cost.of")} ${dollars(costs.data.day_budget_usd)}`
                }
              />
            )}
            {seen && <Figure value={String(seen.num_gaps)} name={words("latency.gaps")} />}
          </ul>
          <section className="card">
            <h2>{words("latency.table")}</h2>
            <PercentileTable
              first={words("latency.clock")}
              rows={CLOCKS.map((clock) => ({
                key: clock,
                name: words(`latency.${clock}` as Key),
                means: words(`latency.means.${clock}` as Key),
                // Where the sound is heard counts, not where it leaves the server.
                row: (clock === "voice_to_voice" ? seen?.clocks : figures.clocks_ms)?.[clock],
              }))}
            />
          </section>
        </>
      )}
      {seen && seen.num_turns > 0 && <Breakdown figures={seen} />}
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

/** Fractions of a cent matter here; nothing at all is said as such. */
const dollars = (usd: number) => (usd === 0 ? "$0" : `$${usd.toFixed(usd < 0.1 ? 4 : 2)}`);

function Figure({ value, name }: { value: string; name: string }) {
  return (
    <li>
      <strong>{value}</strong>
      <span>{name}</span>
    </li>
  );
}

function Segments({ segmentsMs }: { segmentsMs: Record<string, number> }) {
  const stageName = useStageNames();
  const longest = Math.max(1, ...Object.values(segmentsMs));
  return (
    <dl className="bars">
      {Object.entries(segmentsMs).map(([name, ms]) => (
        <div key={name}>
          <dt>{stageName(name)}</dt>
          <dd>
            <span className="bar" style={{ width: `${(ms / longest) * 100}%` }} />
            <b>{ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms</b>
          </dd>
        </div>
      ))}
    </dl>
  );
}
