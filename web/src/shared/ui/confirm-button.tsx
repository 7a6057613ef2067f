/** A button that asks before it does what cannot be undone. */

import { useState } from "react";
import { useWords } from "../strings.ts";

interface ConfirmButtonProps {
  label: string;
  question: string;
  onConfirm: () => void;
}

export function ConfirmButton({ label, question, onConfirm }: ConfirmButtonProps) {
  const words = useWords();
  const [isAsking, setIsAsking] = useState(false);
  if (!isAsking) {
    return (
      <button type="button" className="quiet danger" onClick={() => setIsAsking(true)}>
        {label}
      </button>
    );
  }
  return (
    <div className="confirm" role="alert">
      <p>{question}</p>
      <button
        type="button"
        className="danger"
        onClick={() => {
          setIsAsking(false);
          onConfirm();
        }}
      >
        {label}
      </button>
      <button type="button" className="quiet" onClick={() => setIsAsking(false)}>
        {words("sessions.cancel")}
      </button>
    </div>
  );
}
