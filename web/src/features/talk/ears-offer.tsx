/** The browser's ears: offered once, off until the user agrees to where the sound goes. */

import { settings, useSettings } from "../../shared/settings.ts";
import { useWords } from "../../shared/strings.ts";

export function EarsOffer() {
  const words = useWords();
  const { browserEars } = useSettings();
  if (browserEars !== null) {
    return (
      <label className="switch ears-switch">
        <input
          type="checkbox"
          role="switch"
          aria-checked={browserEars}
          checked={browserEars}
          onChange={(event) => settings.set({ browserEars: event.target.checked })}
        />
        <span>{words("ears.on")}</span>
      </label>
    );
  }
  return (
    <section className="card ears-offer" aria-labelledby="ears-title">
      <h2 id="ears-title">{words("ears.title")}</h2>
      <p>{words("ears.text")}</p>
      <div className="actions">
        <button type="button" onClick={() => settings.set({ browserEars: true })}>
          {words("ears.yes")}
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => settings.set({ browserEars: false })}
        >
          {words("ears.no")}
        </button>
      </div>
    </section>
  );
}
