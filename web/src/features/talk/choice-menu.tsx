/** Who thinks or speaks: a quiet list of what is there, where there is anything to choose. */

import { useQuery } from "@tanstack/react-query";
import { api } from "../../shared/api.ts";
import { useWords } from "../../shared/strings.ts";
import { useTalk } from "./use-conversation.ts";

/** `name` is who does it just now, by the service's own name. */
export function ChoiceMenu({ kind, name }: { kind: "model" | "voice"; name: string }) {
  const words = useWords();
  const { conversation, snapshot } = useTalk();
  // An older server has no such list: then there is nothing to choose.
  const query = useQuery({ queryKey: ["choices"], queryFn: api.choices, retry: false });
  const all = query.data?.[`${kind}s`] ?? [];
  const chosen = snapshot.talk.session?.asha[kind] ?? "auto";
  if (all.length < 3) return <>{name || words("who.none")}</>;
  return (
    <span className="choice">
      <select
        aria-label={words(`who.choose.${kind}`)}
        value={all.some((one) => one.id === chosen) ? chosen : "auto"}
        onChange={(event) => void conversation.change({ [kind]: event.target.value })}
      >
        {all.map((one) => (
          <option key={one.id} value={one.id}>
            {one.id === "auto" ? `${words("language.auto")} · ${one.title}` : one.title}
          </option>
        ))}
      </select>
    </span>
  );
}
