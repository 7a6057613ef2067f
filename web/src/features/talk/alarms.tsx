/** Alarms, timers and reminders: they ring on whatever page is open, until somebody stops them. */

import { useEffect, useRef } from "react";
import { interfaceTag, useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { ring } from "./bell.ts";
import type { Alarm } from "./talk.ts";
import { useTalk } from "./use-conversation.ts";

const RINGS_FOR_MS = 120_000; // an alarm of a replayed stream is history
const STOPPED = "asha.alarms.stopped";

function stoppedIds(): string[] {
  try {
    return JSON.parse(localStorage.getItem(STOPPED) ?? "[]") as string[];
  } catch {
    return [];
  }
}

/** Whether an alarm is for now: not stopped before, and missed or just due. */
export function isCurrent(alarm: Alarm, nowMs: number, stopped: string[]): boolean {
  if (stopped.includes(alarm.id)) return false;
  return alarm.isMissed || nowMs - Date.parse(alarm.dueAt) < RINGS_FOR_MS;
}

export function Alarms() {
  const words = useWords();
  const { conversation, snapshot } = useTalk();
  const alarms = snapshot.talk.alarms.filter((one) => isCurrent(one, Date.now(), stoppedIds()));
  const rings = alarms.some((alarm) => !alarm.isMissed);
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = alarms.length > 0;

  useEffect(() => {
    if (!isOpen) return;
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, [isOpen]);
  useEffect(() => (rings ? ring() : undefined), [rings]);

  const stop = () => {
    const ids = [...stoppedIds(), ...alarms.map((alarm) => alarm.id)].slice(-200);
    localStorage.setItem(STOPPED, JSON.stringify(ids));
    for (const alarm of alarms) conversation.dismissAlarm(alarm.id);
  };
  if (!isOpen) return null;
  return (
    <dialog ref={dialog} className="alarm" onCancel={stop} aria-labelledby="alarm-title">
      <span className={rings ? "alarm-bell rings" : "alarm-bell"}>
        <Icon name="bell" size={44} />
      </span>
      {alarms.map((alarm, i) => (
        <div key={alarm.id} data-testid="alarm">
          <h2 id={i === 0 ? "alarm-title" : undefined}>
            {alarm.text || words(`alarm.${alarm.kind}`)}
          </h2>
          <p>
            {words(`alarm.${alarm.kind}`)} ·{" "}
            <time dateTime={alarm.dueAt}>
              {new Date(alarm.dueAt).toLocaleTimeString(interfaceTag(), {
                hour: "numeric",
                minute: "2-digit",
              })}
            </time>
          </p>
          {alarm.isMissed && <p>{words("alarm.missed")}</p>}
        </div>
      ))}
      <button type="button" className="primary" onClick={stop}>
        {words("alarm.stop")}
      </button>
      <small>{words("alarm.open")}</small>
    </dialog>
  );
}
