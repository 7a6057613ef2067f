/** Earlier conversations: find, read, go on with, rename, save, delete. */

import { type FormEvent, useState } from "react";
import type { SessionRow } from "../../shared/api.ts";
import { hrefOf } from "../../shared/hash-route.ts";
import { langOf, nameOf } from "../../shared/languages.ts";
import { useSettings } from "../../shared/settings.ts";
import { interfaceTag, useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { Loading } from "../../shared/ui/loading.tsx";
import { SessionDetail } from "./session-detail.tsx";
import { matching, useSessions } from "./use-sessions.ts";

interface SessionsPageProps {
  openId: string | null;
  onResume: (id: string) => void;
  onRemoved: (id: string) => void;
}

export function SessionsPage({ openId, onResume, onRemoved }: SessionsPageProps) {
  const words = useWords();
  const { query, rename, remove } = useSessions();
  const [wanted, setWanted] = useState("");
  const all = query.data ?? [];
  const open = all.find((row) => row.id === openId);
  if (openId && open) {
    return (
      <SessionDetail
        row={open}
        onResume={() => onResume(open.id)}
        onRemove={() => {
          remove.mutate(open.id, { onSuccess: () => onRemoved(open.id) });
          location.hash = hrefOf("sessions");
        }}
      />
    );
  }
  const found = matching(all, wanted);
  return (
    <main id="main" className="page">
      <header className="page-head">
        <h1>{words("sessions.title")}</h1>
        <p>{words("sessions.lead")}</p>
      </header>
      <Loading query={query} />
      {all.length > 0 && (
        <label className="search">
          <Icon name="search" />
          <span className="visually-hidden">{words("sessions.search")}</span>
          <input
            type="search"
            placeholder={words("sessions.search")}
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        </label>
      )}
      {query.isSuccess && found.length === 0 && (
        <p className="empty">{words(all.length ? "sessions.nothing" : "sessions.none")}</p>
      )}
      <ul className="rows">
        {found.map((row) => (
          <SessionLine
            key={row.id}
            row={row}
            onRename={(title) => rename.mutate({ id: row.id, title })}
          />
        ))}
      </ul>
    </main>
  );
}

interface SessionLineProps {
  row: SessionRow;
  onRename: (title: string) => void;
}

function SessionLine({ row, onRename }: SessionLineProps) {
  const words = useWords();
  const { sessionId } = useSettings();
  const [draft, setDraft] = useState<string | null>(null);
  const name = row.title || row.preview || words("sessions.untitled");
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (draft !== null) onRename(draft.trim());
    setDraft(null);
  };
  if (draft !== null) {
    return (
      <li className="row">
        <form className="row-form" onSubmit={save}>
          <input
            value={draft}
            maxLength={120}
            aria-label={words("sessions.name")}
            // biome-ignore lint/a11y/noAutofocus: the user has just asked to type here
            autoFocus
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => event.key === "Escape" && setDraft(null)}
          />
          <button type="submit">{words("sessions.save")}</button>
          <button type="button" className="quiet" onClick={() => setDraft(null)}>
            {words("sessions.cancel")}
          </button>
        </form>
      </li>
    );
  }
  return (
    <li className="row">
      <a className="row-main" href={hrefOf("sessions", row.id)}>
        <p lang={langOf(name, null)}>{name}</p>
        <small>
          {row.created_at &&
            `${new Date(row.created_at).toLocaleString(interfaceTag(), { dateStyle: "medium", timeStyle: "short" })} · `}
          {row.num_items} {words("sessions.lines")}
          {row.language !== "auto" && ` · ${nameOf(row.language)}`}
          {row.id === sessionId && <b className="now"> {words("sessions.now")}</b>}
        </small>
      </a>
      <button type="button" className="quiet" onClick={() => setDraft(name)}>
        {words("sessions.rename")}
      </button>
    </li>
  );
}
