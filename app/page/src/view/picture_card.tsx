import { withToken } from "../api";
import { useLoadedPicture } from "../hooks";
import type { Model } from "../model";
import { text } from "../text";

/// The serial keeps the browser's cache from showing an earlier session's shot of the same number.
export function pictureAddress(picture: Model["picture"]): string | null {
  if (!picture) return null;
  const shot = picture.shot === undefined ? "" : `n=${picture.shot}&`;
  return withToken(`/api/camera/last-picture?${shot}v=${picture.serial}`);
}

export function PictureCard({ model }: { model: Model }) {
  const shown = useLoadedPicture(pictureAddress(model.picture));
  const shot = model.picture?.shot;
  return (
    <figure class="card picture" aria-label={text.picture.heading}>
      {shown ? (
        <div class="picture-frame">
          <img class="picture-image" src={shown} alt={text.picture.alt(shot)} />
        </div>
      ) : (
        <div class="picture-empty">
          <StarTrails />
          <p>{text.picture.empty}</p>
        </div>
      )}
      {shown && shot !== undefined && <figcaption>{text.picture.shot(shot)}</figcaption>}
    </figure>
  );
}

/// An empty sky: arcs about a pole, each of its own length and start.
function StarTrails() {
  const arcs = Array.from({ length: 26 }, (_, i) => {
    const radius = 14 + i * 11;
    const start = (i * 137.5) % 360; // the golden angle: no two beside each other
    const sweep = 26 + ((i * 53) % 30);
    return { radius, start, sweep };
  });
  const at = (radius: number, degrees: number) => {
    const radians = (degrees * Math.PI) / 180;
    return `${(210 + radius * Math.cos(radians)).toFixed(1)} ${(150 + radius * Math.sin(radians)).toFixed(1)}`;
  };
  return (
    <svg class="trails" viewBox="0 0 420 280" preserveAspectRatio="xMidYMid slice" fill="none" stroke="currentColor" stroke-linecap="round" aria-hidden="true">
      {arcs.flatMap(({ radius, start, sweep }, i) =>
        [0, 180].map((turn) => (
          <path
            key={`${i}-${turn}`} opacity={0.25 + ((i * 29) % 60) / 100} stroke-width={0.6 + (i % 3) * 0.35}
            d={`M${at(radius, start + turn)}A${radius} ${radius} 0 0 1 ${at(radius, start + turn + sweep)}`}
          />
        )),
      )}
    </svg>
  );
}
