/** The provider badge: who hears, thinks and speaks, and who took over. */

import { useWords } from "../../shared/strings.ts";
import type { Talk } from "./talk.ts";

const PORT_OF = { listens: "stt", thinks: "llm", speaks: "tts" } as const;

export function WhoDoesWhat({ talk }: { talk: Talk }) {
  const words = useWords();
  const asha = talk.session?.asha;
  if (!asha) return null;
  return (
    <section>
      <h2>{words("who.title")}</h2>
      <dl className="who" data-testid="who">
        {(["listens", "thinks", "speaks"] as const).map((part) => {
          const isReplaced = talk.failover?.port === PORT_OF[part];
          return (
            <div key={part}>
              <dt>{words(`who.${part}`)}</dt>
              <dd>
                {isReplaced && <s>{talk.failover?.failed}</s>}{" "}
                {(isReplaced ? talk.failover?.next : asha[part]) || words("who.none")}
              </dd>
            </div>
          );
        })}
      </dl>
      {asha.notice && <p className="notice">{asha.notice}</p>}
    </section>
  );
}
