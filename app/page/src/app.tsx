import type { FunctionComponent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLazy } from "./hooks";
import { type Model, isFrozen } from "./model";
import { type Screen, useRoute } from "./router";
import { CamerasScreen } from "./screens/cameras";
import { LinksScreen } from "./screens/links";
import { NowScreen } from "./screens/now";
import { TimelapseScreen } from "./screens/timelapse";
import { useModel } from "./store";
import { text } from "./text";
import { ConnectionBanner } from "./view/connection_banner";
import { Dock } from "./view/dock";
import { Header } from "./view/header";
import { LoginDialogue } from "./view/login_dialogue";
import { Nav } from "./view/nav";
import { Toast } from "./view/toast";
import { UnsavedDialogue } from "./view/unsaved_dialogue";

export interface ScreenProps {
  model: Model;
  detail: string;
}

/// The largest screen, and no photographer's first: it is fetched when it is asked for.
function MachinesScreen(props: ScreenProps) {
  const Machines = useLazy(() => import("./machines/screen").then((module) => module.MachinesScreen));
  return Machines ? <Machines {...props} /> : <p class="loading">{text.loading}</p>;
}

const kScreenViews: Record<Screen, FunctionComponent<ScreenProps>> = {
  now: NowScreen,
  timelapse: TimelapseScreen,
  cameras: CamerasScreen,
  links: LinksScreen,
  machines: MachinesScreen,
};

export function App() {
  const model = useModel();
  const { screen, detail } = useRoute();
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${text.nav[screen]} · ${text.name}`;
    main.current?.scrollTo(0, 0);
  }, [screen]);
  const View = kScreenViews[screen];
  return (
    <div class="page" data-frozen={isFrozen(model)} data-connection={model.connection.state} data-camera={model.camera?.state}>
      <Header model={model} />
      <Nav screen={screen} model={model} />
      <main class="main" ref={main} tabIndex={0} aria-label={text.nav[screen]} data-screen={screen}>
        <ConnectionBanner model={model} />
        <View model={model} detail={detail} />
      </main>
      {screen === "now" ? <Dock model={model} /> : <Toast key={screen} model={model} />}
      <UnsavedDialogue model={model} />
      <LoginDialogue model={model} />
    </div>
  );
}
