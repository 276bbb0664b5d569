import type { ScreenProps } from "../app";
import { CameraCard } from "../view/camera_card";
import { PictureCard } from "../view/picture_card";
import { TimelapseCard } from "../view/timelapse_card";

export function NowScreen({ model }: ScreenProps) {
  return (
    <div class="board">
      <CameraCard model={model} />
      <TimelapseCard model={model} />
      <PictureCard model={model} />
    </div>
  );
}
