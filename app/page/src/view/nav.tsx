import type { FunctionComponent } from "preact";
import { type Model, isRunning } from "../model";
import { type Screen, addressOf, kScreens } from "../router";
import { text } from "../text";
import { CamerasIcon, FilmIcon, LinksIcon, MachinesIcon, NowIcon } from "./icons";

const kIcons: Record<Screen, FunctionComponent> = { now: NowIcon, timelapse: FilmIcon, cameras: CamerasIcon, links: LinksIcon, machines: MachinesIcon };

export function Nav({ screen, model }: { screen: Screen; model: Model }) {
  const marks: Partial<Record<Screen, boolean>> = {
    timelapse: model.unsaved !== null && !isRunning(model.session),
    links: model.parts.links.some((link) => link.state === "error"),
  };
  return (
    <nav class="nav" aria-label={text.nav.label}>
      {kScreens.map((name) => {
        const Icon = kIcons[name];
        return (
          <a key={name} href={addressOf(name)} class="nav-entry" data-screen={name} aria-current={name === screen ? "page" : undefined}>
            <span class="nav-icon">
              <Icon />
              {marks[name] && <span class="nav-mark" role="img" aria-label={text.nav.attention} />}
            </span>
            <span class="nav-name">{text.nav[name]}</span>
          </a>
        );
      })}
    </nav>
  );
}
