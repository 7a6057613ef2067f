/** A conversation as a file. */

import type { Item } from "../../shared/events.gen.ts";

export const wordsOf = (item: Item) =>
  (item.content ?? []).map((part) => part.transcript ?? part.text ?? "").join("");

export interface Names {
  you: string;
  asha: string;
  cut: string;
}

/** One line a message; what was not heard of an answer is not there, and that is said. */
export function asText(items: Item[], names: Names): string {
  const lines = items
    .filter((item) => item.type === "message")
    .map((item) => {
      const who = item.role === "user" ? names.you : names.asha;
      const end = item.status === "incomplete" ? ` [${names.cut}]` : "";
      return `${who}: ${wordsOf(item)}${end}`;
    });
  return `${lines.join("\n")}\n`;
}

export function save(name: string, type: string, body: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([body], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
