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

/// A part of the page that is fetched when it is first shown; null until it is there.
export function useLazy<T>(load: () => Promise<T>): T | null {
  const [loaded, setLoaded] = useState<{ value: T } | null>(null);
  useEffect(() => {
    let wanted = true;
    load().then(
      (value) => wanted && setLoaded({ value }),
      () => {}, // no connection: asked again when the screen is
    );
    return () => {
      wanted = false;
    };
  }, []);
  return loaded && loaded.value;
}

/// The width an element has, in px; 0 until it is known.
export function useWidth<T extends HTMLElement>() {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!ref.current) return;
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, []);
  return [ref, width] as const;
}

/// Opens and closes a modal dialogue as `wanted` says; `first` gets the focus, so that a phone's keyboard does not come up over the words.
export function useDialogue(wanted: boolean) {
  const dialogue = useRef<HTMLDialogElement>(null);
  const first = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const element = dialogue.current;
    if (wanted && element && !element.open) {
      element.showModal();
      first.current?.focus();
    }
    if (!wanted && element?.open) element.close();
  }, [wanted]);
  return { dialogue, first };
}
