/** What a tool kept for later, as a small card under the answer: alarms, timers, reminders, notes. */

import { interfaceTag, useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { keptBy } from "./kept.ts";
import type { Card } from "./talk.ts";

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
