/** How much of a language a corpus holds, in short: hours, then clips of each split. */

export interface LanguageSize {
  hours: number | null;
  rows: Record<string, number>;
}

const SPLITS = ["train", "validation", "test"];

export function sizeOf(size: LanguageSize | undefined): string {
  if (!size) return "";
  const hours = size.hours === null ? [] : [`${size.hours.toLocaleString("en-IN")} h`];
  const rows = SPLITS.filter((split) => split in size.rows).map((split) =>
    (size.rows[split] ?? 0).toLocaleString("en-IN"),
  );
  return [...hours, ...(rows.length > 0 ? [rows.join(" + ")] : [])].join("; ");
}
