/** What a tool kept for later, as far as the screen shows it. */

import type { Key } from "../../shared/strings.ts";
import type { IconName } from "../../shared/ui/icon.tsx";
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
