/** The provider badge: who hears, thinks and speaks, who took over, and the choice of both. */

import { useWords } from "../../shared/strings.ts";
import { ChoiceMenu } from "./choice-menu.tsx";
import type { Talk } from "./talk.ts";

const PARTS = [
  { part: "listens", port: "stt", kind: null },
  { part: "thinks", port: "llm", kind: "model" },
  { part: "speaks", port: "tts", kind: "voice" },
] as const;

export function WhoDoesWhat({ talk }: { talk: Talk }) {
  const words = useWords();
  const asha = talk.session?.asha;
  if (!asha) return null;
  return (
    <section>
      <h2>{words("who.title")}</h2>
      <dl className="who" data-testid="who">
        {PARTS.map(({ part, port, kind }) => (
          <div key={part}>
            <dt>{words(`who.${part}`)}</dt>
            <dd>
              {kind ? (
                <ChoiceMenu kind={kind} name={asha[part]} />
              ) : (
                asha[part] || words("who.none")
              )}
              {talk.failover?.port === port && (
                <span className="took-over">
                  <s>{talk.failover.failed}</s> {talk.failover.next || words("who.none")}
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {asha.notice && <p className="notice">{asha.notice}</p>}
    </section>
  );
}
