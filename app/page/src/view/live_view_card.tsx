import { useEffect, useState } from "preact/hooks";
import { ask, withToken } from "../api";
import { useLoadedPicture } from "../hooks";
import { fields, words } from "../json";
import { type Model, isLive, isRunning } from "../model";
import { verbs } from "../store";
import { text } from "../text";

const kPause = 700; // ms between one frame and asking for the next: enough to focus by, and kind to the battery

/// What the camera sees, for as long as somebody asks. Not while a timelapse runs: that has the camera.
export function LiveViewCard({ model }: { model: Model }) {
  const possible = isLive(model) && model.camera?.connected === true && model.camera.bulb !== undefined && !isRunning(model.session);
  const [looking, setLooking] = useState(false);
  const frame = useFrames(possible && looking, () => setLooking(false));
  const shown = useLoadedPicture(frame);
  if (model.camera?.bulb === undefined) return null;
  return (
    <section class="card" aria-labelledby="live-heading">
      <h2 id="live-heading">{text.liveView.heading}</h2>
      {looking && (
        <div class="live-view">
          <div class="picture-frame">{shown && <img class="picture-image" src={shown} alt={text.liveView.alt} />}</div>
        </div>
      )}
      <p class="about">{text.liveView.about}</p>
      <button type="button" class="button wide" aria-pressed={looking} disabled={!possible} onClick={() => setLooking(!looking)}>
        {looking ? text.liveView.end : text.liveView.begin}
      </button>
    </section>
  );
}

/// The address of the newest frame; those before it are removed from the device.
function useFrames(active: boolean, failed: () => void): string | null {
  const [frame, setFrame] = useState<string | null>(null);
  useEffect(() => {
    if (!active) return undefined;
    let wanted = true;
    const taken: string[] = [];
    const removeAllBut = (kept: number) => {
      while (taken.length > kept) ask("DELETE", taken.shift()!).catch(() => {}); // the device lets the oldest go by itself, too
    };
    const take = () => {
      ask("POST", "/api/camera/liveview/capture").then(
        (answer) => {
          const url = words(fields(answer).url);
          if (url) taken.push(url);
          if (!wanted) return removeAllBut(0);
          if (url) setFrame(withToken(`${url}/file`));
          removeAllBut(3);
          setTimeout(() => (wanted ? take() : removeAllBut(0)), kPause);
        },
        (failure: Error) => {
          if (!wanted) return;
          verbs.tell(failure.message || text.event.notSent, "bad");
          failed();
        },
      );
    };
    take();
    return () => {
      wanted = false;
      setFrame(null);
    };
  }, [active]);
  return frame;
}
