/** Which language Asha expects and answers in: hers to find out, or one of the seven. */

import { TONGUES } from "../../shared/languages.ts";
import { useSettings } from "../../shared/settings.ts";
import { useWords } from "../../shared/strings.ts";
import { useTalk } from "./use-conversation.ts";

export function LanguageChips() {
  const words = useWords();
  const { conversation } = useTalk();
  const { language } = useSettings();
  const chips = [{ tag: "auto", name: words("language.auto") }, ...TONGUES];
  return (
    <fieldset className="chips">
      <legend className="visually-hidden">{words("language.label")}</legend>
      {chips.map((chip) => (
        <label key={chip.tag} className="chip">
          <input
            type="radio"
            name="language"
            value={chip.tag}
            checked={language === chip.tag}
            onChange={() => void conversation.change({ language: chip.tag })}
          />
          <span lang={chip.tag === "auto" ? undefined : chip.tag}>{chip.name}</span>
        </label>
      ))}
    </fieldset>
  );
}
