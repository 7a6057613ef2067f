/** What a tool kept for later, as a small card under the answer: alarms, timers, reminders, notes. */

import { interfaceTag, type Key, useWords } from "../../shared/strings.ts";
import { Icon, type IconName } from "../../shared/ui/icon.tsx";
import type { Card } from "./talk.ts";

interface Kept {
  key: Key;
  icon: IconName;
  text: string;
  dueAt: string | null;
}

interface Put {
  kind?: string;
  row?: { kind?: string; text?: string; due_at?: string };
}

const KINDS: Record<string, [Key, IconName]> = {
  alarm: ["card.alarm", "bell"],
  timer: ["card.timer", "bell"],
  reminder: ["card.reminder", "bell"],
  note: ["card.note", "check"],
};

/** What is worth a card; a sum or the time of day is said, and that is enough. */
export function keptBy(card: Card): Kept | null {
  const put = card.result.put as Put | undefined;
  const found = KINDS[put?.row?.kind ?? put?.kind ?? ""];
  if (!found) return null;
  const [key, icon] = found;
  return { key, icon, text: put?.row?.text ?? "", dueAt: put?.row?.due_at ?? null };
}

export function ToolCard({ card }: { card: Card }) {
  const words = useWords();
  const kept = keptBy(card);
  if (!kept) return null;
  return (
    <div className="card tool-card" data-testid="tool-card">
      <Icon name={kept.icon} />
      <div>
        <strong>{words(kept.key)}</strong> {kept.text}
        {kept.dueAt && (
          <small>
            <time dateTime={kept.dueAt}>
              {new Date(kept.dueAt).toLocaleString(interfaceTag(), {
                weekday: "long",
                hour: "numeric",
                minute: "2-digit",
              })}
            </time>
            {" · "}
            {words("alarm.open")}
          </small>
        )}
      </div>
    </div>
  );
}
