/** What Asha remembers about the user: to see, change and have forgotten. */

import { type FormEvent, useState } from "react";
import type { Fact } from "../../shared/api.ts";
import { langOf } from "../../shared/languages.ts";
import { interfaceTag, useWords } from "../../shared/strings.ts";
import { ConfirmButton } from "../../shared/ui/confirm-button.tsx";
import { Loading } from "../../shared/ui/loading.tsx";
import { useFacts } from "./use-facts.ts";

export function MemoryPage() {
  const words = useWords();
  const { query, edit, forget, forgetAll } = useFacts();
  const facts = query.data ?? [];
  return (
    <main id="main" className="page">
      <header className="page-head">
        <h1>{words("memory.title")}</h1>
        <p>{words("memory.lead")}</p>
      </header>
      <Loading query={query} />
      {query.isSuccess && facts.length === 0 && <p className="empty">{words("memory.none")}</p>}
      <ul className="rows">
        {facts.map((fact) => (
          <FactRow
            key={fact.id}
            fact={fact}
            onEdit={(text) => edit.mutate({ id: fact.id, text })}
            onForget={() => forget.mutate(fact.id)}
          />
        ))}
      </ul>
      {facts.length > 0 && (
        <ConfirmButton
          label={words("memory.forget.all")}
          question={words("memory.forget.sure")}
          onConfirm={() => forgetAll.mutate()}
        />
      )}
    </main>
  );
}

interface FactRowProps {
  fact: Fact;
  onEdit: (text: string) => void;
  onForget: () => void;
}

function FactRow({ fact, onEdit, onForget }: FactRowProps) {
  const words = useWords();
  const [draft, setDraft] = useState<string | null>(null);
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (draft?.trim()) onEdit(draft.trim());
    setDraft(null);
  };
  if (draft !== null) {
    return (
      <li className="row">
        <form className="row-form" onSubmit={save}>
          <input
            value={draft}
            maxLength={500}
            aria-label={words("memory.edit")}
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
      <div className="row-main">
        <p lang={langOf(fact.text, null)}>{fact.text}</p>
        {fact.created_at && (
          <small>
            {words("memory.since")} {new Date(fact.created_at).toLocaleDateString(interfaceTag())}
          </small>
        )}
      </div>
      <button type="button" className="quiet" onClick={() => setDraft(fact.text)}>
        {words("memory.edit")}
      </button>
      <button type="button" className="quiet" onClick={onForget}>
        {words("memory.forget")}
      </button>
    </li>
  );
}
