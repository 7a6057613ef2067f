/** One turn's time, as a strip: its length is the wait, its parts are who took it. */

import { useStageNames, useWords } from "../../shared/strings.ts";
import type { Report } from "./talk.ts";

export function LatencyStrip({ report }: { report: Report }) {
  const words = useWords();
  const stageName = useStageNames();
  const parts = Object.entries(report.segmentsMs).filter(([, ms]) => ms >= 0.5);
  const totalMs = parts.reduce((sum, [, ms]) => sum + ms, 0);
  const headline = report.voiceToVoiceMs ?? report.clocks.first_answer;
  const figures = [
    ["latency.first_audio", report.clocks.first_audio],
    ["latency.first_answer", report.clocks.first_answer],
    ["latency.yield", report.clocks.yield],
  ] as const;
  return (
    <div className="latency-strip" data-testid="latency-strip">
      {headline !== null && (
        <p className="latency-headline">
          <strong>{Math.round(headline)} ms</strong>{" "}
          {words(report.voiceToVoiceMs === null ? "latency.first_answer" : "latency.voice")}
          {report.hasFiller && ` · ${words("latency.filler")}`}
        </p>
      )}
      {totalMs > 0 && (
        <div className="strip" aria-hidden="true">
          {parts.map(([name, ms], i) => (
            <span
              key={name}
              className={`strip-part part-${i % 6}`}
              style={{ flexGrow: ms }}
              title={`${stageName(name)}: ${Math.round(ms)} ms`}
            />
          ))}
        </div>
      )}
      <ul className="strip-legend">
        {parts.map(([name, ms], i) => (
          <li key={name}>
            <i className={`part-${i % 6}`} aria-hidden="true" />
            {stageName(name)} <b>{Math.round(ms)}</b>
          </li>
        ))}
      </ul>
      <dl className="strip-clocks">
        {figures.map(([key, ms]) =>
          ms === null ? null : (
            <div key={key}>
              <dt>{words(key)}</dt>
              <dd>{Math.round(ms)} ms</dd>
            </div>
          ),
        )}
      </dl>
    </div>
  );
}
