import { createContext, type ReactNode, useCallback, useContext, useState } from "react";

interface Said {
  readonly id: number;
  readonly text: string;
}

const STAY_MS = 5_000;
const ToastContext = createContext<(text: string) => void>(() => {});

/** Short confirmations in a corner, read out politely, gone by themselves. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState<readonly Said[]>([]);
  const say = useCallback((text: string): void => {
    const id = Math.random();
    setSaid((before) => [...before.slice(-2), { id, text }]);
    setTimeout(() => setSaid((before) => before.filter((each) => each.id !== id)), STAY_MS);
  }, []);
  return (
    <ToastContext value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {said.map(({ id, text }) => (
          <div key={id} className="toast">
            {text}
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

/** Says a short confirmation. */
export const useToast = (): ((text: string) => void) => useContext(ToastContext);
