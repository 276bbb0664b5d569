import { useEffect, useRef, useState } from "preact/hooks";

/// The time now, told again every `period` ms while `running`.
export function useNow(period: number, running = true): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), period);
    return () => clearInterval(timer);
  }, [period, running]);
  return now;
}

/// Shows one picture after the other without a gap: the next address is loaded unseen, and of those that come meanwhile only the newest.
export function useLoadedPicture(address: string | null): string | null {
  const [shown, setShown] = useState<string | null>(null);
  const loading = useRef(false);
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    wanted.current = address;
    if (address === null) setShown(null);
    const load = () => {
      const next = wanted.current;
      if (loading.current || next === null) return;
      loading.current = true;
      const image = new Image();
      const done = (good: boolean) => {
        loading.current = false;
        if (good && wanted.current !== null) setShown(next);
        if (wanted.current !== next) load();
      };
      image.onload = () => done(true);
      image.onerror = () => done(false);
      image.src = next;
    };
    load();
  }, [address]);
  return shown;
}
