/** One earlier conversation, as it was said and heard. */

import type { SessionRow } from "../../shared/api.ts";
import { hrefOf } from "../../shared/hash-route.ts";
import { langOf } from "../../shared/languages.ts";
import { useWords } from "../../shared/strings.ts";
import { ConfirmButton } from "../../shared/ui/confirm-button.tsx";
import { Icon } from "../../shared/ui/icon.tsx";
import { Loading } from "../../shared/ui/loading.tsx";
import { asText, save, wordsOf } from "./export-session.ts";
import { useItems } from "./use-sessions.ts";

interface SessionDetailProps {
  row: SessionRow;
  onResume: () => void;
  onRemove: () => void;
}

export function SessionDetail({ row, onResume, onRemove }: SessionDetailProps) {
  const words = useWords();
  const query = useItems(row.id);
  const items = (query.data ?? []).filter((item) => item.type === "message");
  const name = row.title || row.preview || words("sessions.untitled");
  const names = { you: words("talk.you"), asha: words("talk.asha"), cut: words("talk.cut") };
  return (
    <main id="main" className="page">
      <a className="back" href={hrefOf("sessions")}>
        <Icon name="back" /> {words("sessions.back")}
      </a>
      <header className="page-head">
        <h1 lang={langOf(name, null)}>{name}</h1>
        <div className="actions">
          <button type="button" className="primary" onClick={onResume}>
            {words("sessions.resume")}
          </button>
          <button
            type="button"
            onClick={() => save(`${row.id}.txt`, "text/plain", asText(items, names))}
          >
            {words("sessions.export.text")}
          </button>
          <button
            type="button"
            onClick={() =>
              save(
                `${row.id}.json`,
                "application/json",
                JSON.stringify({ ...row, items: query.data }, null, 2),
              )
            }
          >
            {words("sessions.export.json")}
          </button>
          <ConfirmButton
            label={words("sessions.delete")}
            question={words("sessions.delete.sure")}
            onConfirm={onRemove}
          />
        </div>
      </header>
      <Loading query={query} />
      <ol className="transcript-list">
        {items.map((item) => (
          <li key={item.id} className={`line line-${item.role}`} data-status={item.status}>
            <span className="visually-hidden">
              {item.role === "user" ? names.you : names.asha}:{" "}
            </span>
            <p className="line-text" lang={langOf(wordsOf(item), null)}>
              {wordsOf(item)}
            </p>
            {item.status === "incomplete" && item.role === "assistant" && (
              <div className="line-foot">{names.cut}</div>
            )}
          </li>
        ))}
      </ol>
    </main>
  );
}
