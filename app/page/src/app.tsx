import { isFrozen } from "./model";
import { useModel } from "./store";
import { CameraCard } from "./view/camera_card";
import { ConnectionBanner } from "./view/connection_banner";
import { Dock } from "./view/dock";
import { Header } from "./view/header";
import { PictureCard } from "./view/picture_card";
import { TimelapseCard } from "./view/timelapse_card";
import { UnsavedDialogue } from "./view/unsaved_dialogue";

export function App() {
  const model = useModel();
  return (
    <div class="page" data-frozen={isFrozen(model)} data-connection={model.connection.state}>
      <Header model={model} />
      <ConnectionBanner model={model} />
      <main class="board">
        <CameraCard model={model} />
        <PictureCard model={model} />
        <TimelapseCard model={model} />
      </main>
      <Dock model={model} />
      <UnsavedDialogue model={model} />
    </div>
  );
}
