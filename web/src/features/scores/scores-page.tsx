/** What was scored on this machine: the runs, one of them by language, or two side by side. */

import { useState } from "react";
import { hrefOf } from "../../shared/hash-route.ts";
import { interfaceTag, useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { Loading } from "../../shared/ui/loading.tsx";
import { ComparisonTable } from "./comparison-table.tsx";
import { RunTables } from "./run-tables.tsx";
import { type RunRow, useRuns } from "./use-runs.ts";
import "./scores.css";

export function ScoresPage({ openName }: { openName: string | null }) {
  const words = useWords();
  const query = useRuns();
  const [against, setAgainst] = useState("");
  const runs = query.data?.data ?? [];
  const open = runs.find((run) => run.name === openName);
  return (
    <main id="main" className="page page-wide">
      {open ? (
        <>
          <a className="back" href={hrefOf("scores")}>
            <Icon name="back" /> {words("scores.all")}
          </a>
          <header className="page-head">
            <h1>{open.title}</h1>
            <p>{open.model}</p>
          </header>
          <Against runs={runs} open={open} chosen={against} onChoose={setAgainst} />
          {against && against !== open.name ? (
            <ComparisonTable a={against} b={open.name} />
          ) : (
            <RunTables name={open.name} />
          )}
        </>
      ) : (
        <>
          <header className="page-head">
            <h1>{words("scores.title")}</h1>
            <p>{words("scores.lead")}</p>
          </header>
          <Loading query={query} />
          {query.isSuccess && runs.length === 0 && (
            <div className="empty">
              <p>{words("scores.none")}</p>
              <code>asha eval suites/asha-bench.toml --model nano</code>
            </div>
          )}
          <ul className="rows">
            {runs.map((run) => (
              <RunLine key={run.name} run={run} />
            ))}
          </ul>
        </>
      )}
    </main>
  );
}

function RunLine({ run }: { run: RunRow }) {
  const words = useWords();
  const begun = new Date(run.started_at).toLocaleString(interfaceTag(), {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return (
    <li className="row">
      <a className="row-main" href={hrefOf("scores", run.name)}>
        <p>{run.title}</p>
        <small>
          {run.model} · {begun} ·{" "}
          {run.is_done ? `${run.num_cases} ${words("scores.cases")}` : words("scores.unfinished")}
          {run.num_failed > 0 && `, ${run.num_failed} ${words("scores.failed")}`}
        </small>
      </a>
    </li>
  );
}

interface AgainstProps {
  runs: RunRow[];
  open: RunRow;
  chosen: string;
  onChoose: (name: string) => void;
}

/** Which other run of the same suite it is set beside. */
function Against({ runs, open, chosen, onChoose }: AgainstProps) {
  const words = useWords();
  const others = runs.filter((run) => run.suite === open.suite && run.name !== open.name);
  if (others.length === 0) return null;
  return (
    <label className="choose">
      {words("scores.against")}
      <select value={chosen} onChange={(event) => onChoose(event.target.value)}>
        <option value="">{words("scores.alone")}</option>
        {others.map((run) => (
          <option key={run.name} value={run.name}>
            {run.model} ({run.name})
          </option>
        ))}
      </select>
    </label>
  );
}
