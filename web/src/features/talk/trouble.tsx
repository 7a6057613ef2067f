/** What stands in the way, why, and the way out. */

import { useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { useTalk } from "./use-conversation.ts";

export function Trouble() {
  const words = useWords();
  const { conversation, snapshot, begin } = useTalk();
  const { trouble, link, talk } = snapshot;
  return (
    <div className="troubles" role="alert">
      {link === "waiting" && <p className="banner">{words("link.waiting")}</p>}
      {link === "gone" && (
        <p className="banner">
          {words("link.gone")}
          <button type="button" onClick={() => begin(null)}>
            {words("link.new")}
          </button>
        </p>
      )}
      {talk.problem && (
        <p className="banner" data-testid="problem">
          {talk.problem === "offline" ? words("problem.offline") : talk.problem}
        </p>
      )}
      {talk.failover && (
        <p className="banner banner-soft" data-testid="failover">
          <Icon name="swap" /> {words(`failover.${talk.failover.port}`)}: {talk.failover.failed} →{" "}
          <strong>{talk.failover.next || words("who.none")}</strong>
        </p>
      )}
      {snapshot.offersTurns && (
        <div className="banner" data-testid="turns-offer">
          <div>
            <strong>{words("turns.title")}</strong>
            <p>{words("turns.help")}</p>
          </div>
          <div className="actions">
            <button type="button" onClick={() => conversation.takeTurns(true)}>
              {words("turns.yes")}
            </button>
            <button type="button" className="quiet" onClick={() => conversation.takeTurns(false)}>
              {words("turns.no")}
            </button>
          </div>
        </div>
      )}
      {trouble && (
        <div className="banner" data-testid={`trouble-${trouble}`}>
          <div>
            <strong>{words(`trouble.${trouble}.title`)}</strong>
            <p>{words(`trouble.${trouble}.help`)}</p>
          </div>
          {trouble !== "insecure" && trouble !== "deaf" && (
            <button type="button" onClick={() => void conversation.start(trouble === "elsewhere")}>
              {words(trouble === "elsewhere" ? "trouble.takeover" : "trouble.again")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
