import type { ComponentChildren } from "preact";
import { duration } from "../format";
import { useNow } from "../hooks";
import { type Model, isLive } from "../model";
import { addressOf } from "../router";
import { text } from "../text";
import { BatteryIcon, CardIcon, HeatIcon, NextIcon } from "./icons";

const kLevels: Record<string, number> = { full: 1, chargecomp: 1, high: 0.8, half: 0.5, quarter: 0.25, low: 0.12 };

const word = (ccapi?: string) => (ccapi ? (text.camera.words[ccapi.toLowerCase()] ?? ccapi) : text.camera.unknown);

function level(battery?: string): number {
  const percent = Number.parseFloat(battery ?? "");
  return Number.isNaN(percent) ? (kLevels[battery?.toLowerCase() ?? ""] ?? 0) : Math.min(1, percent / 100);
}

const isHot = (temperature?: string) => /disable/i.test(temperature ?? "");
const isWarm = (temperature?: string) => temperature !== undefined && !/^(normal|none|unknown)$/i.test(temperature);

export function CameraCard({ model, leads = true }: { model: Model; leads?: boolean }) {
  const { camera } = model;
  const ready = camera?.connected ?? false;
  const heat = isHot(camera?.temperature) ? "bad" : isWarm(camera?.temperature) ? "warn" : undefined;
  return (
    <section class="card camera" aria-labelledby="camera-heading">
      <h2 id="camera-heading" class="unseen">
        {text.camera.heading}
      </h2>
      <div class="camera-head">
        <span class="lamp" data-tone={ready ? "good" : camera ? "warn" : "none"} aria-hidden="true" />
        <div class="camera-name">
          <span class="camera-model">{camera?.model ?? (ready ? text.camera.unknownModel : text.camera.none)}</span>
          <CameraState model={model} />
        </div>
        {leads && (
          <a class="round-button" href={addressOf("cameras")} aria-label={text.nav.cameras} title={text.nav.cameras}>
            <NextIcon />
          </a>
        )}
      </div>
      <dl class="tiles">
        <Tile name={text.camera.battery} icon={<BatteryIcon level={level(camera?.battery)} />} known={ready} tone={level(camera?.battery) <= 0.25 && camera?.battery ? "warn" : undefined}>
          {word(camera?.battery)}
        </Tile>
        <Tile name={text.camera.temperature} icon={<HeatIcon />} known={ready} tone={heat}>
          {word(camera?.temperature)}
        </Tile>
        <Tile name={text.camera.shotsLeft} icon={<CardIcon />} known={ready} tone={camera?.shotsLeft !== undefined && camera.shotsLeft < 50 ? "warn" : undefined}>
          {camera?.shotsLeft?.toLocaleString("en") ?? text.camera.unknown}
        </Tile>
      </dl>
    </section>
  );
}

function CameraState({ model }: { model: Model }) {
  const { camera, statusAt } = model;
  const waiting = camera?.state === "backing_off" && camera.retryInMs !== undefined;
  const live = isLive(model);
  const now = useNow(250, waiting && live);
  let words: string = text.camera.searching;
  if (camera?.connected) words = camera.ip ? `${text.camera.ready} · ${camera.ip}${camera.port && camera.port !== 443 ? `:${camera.port}` : ""}` : text.camera.ready;
  else if (camera?.state === "connecting") words = text.camera.connecting;
  else if (camera && waiting) {
    const left = (camera.retryInMs ?? 0) - ((live ? now : model.heardAt) - statusAt);
    words = text.camera.retryIn(duration(Math.ceil(Math.max(0, left) / 1000) * 1000), camera.attempt);
  } else if (camera?.lastError) words = camera.lastError;
  return (
    <span class="camera-state" data-state={camera?.state ?? "disconnected"} title={camera?.lastError}>
      {words}
    </span>
  );
}

interface TileProps {
  name: string;
  icon: ComponentChildren;
  known: boolean;
  tone?: "warn" | "bad";
  children: ComponentChildren;
}

function Tile({ name, icon, known, tone, children }: TileProps) {
  return (
    <div class="tile" data-tone={tone} data-known={known}>
      {icon}
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
