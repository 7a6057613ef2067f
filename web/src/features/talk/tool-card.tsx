/** What a tool did, as a small card under the answer. */

import { type Key, useWords } from "../../shared/strings.ts";
import { Icon, type IconName } from "../../shared/ui/icon.tsx";
import type { Card } from "./talk.ts";

const KINDS: readonly [RegExp, Key, IconName][] = [
  [/alarm/, "card.alarm", "bell"],
  [/timer/, "card.timer", "bell"],
  [/remind/, "card.reminder", "bell"],
  [/note/, "card.note", "check"],
];

/** The plain values of a result; what is nested is for machines. */
export function valuesOf(result: Record<string, unknown>): string[] {
  return Object.entries(result)
    .filter(([key, value]) => !/(^|_)id$/.test(key) && ["string", "number"].includes(typeof value))
    .map(([, value]) => String(value));
}

export function ToolCard({ card }: { card: Card }) {
  const words = useWords();
  const [, key, icon] = KINDS.find(([name]) => name.test(card.name)) ?? [
    null,
    "card.done",
    "check",
  ];
  const values = valuesOf(card.result).slice(0, 3);
  const isBell = icon === "bell";
  return (
    <div className="card tool-card">
      <Icon name={icon as IconName} />
      <div>
        <strong>{words(key as Key)}</strong>
        {values.length > 0 && <span> {values.join(" · ")}</span>}
        {isBell && <small>{words("alarm.open")}</small>}
      </div>
    </div>
  );
}
