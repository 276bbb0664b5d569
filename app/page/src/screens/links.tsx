import type { ScreenProps } from "../app";
import { dayAndTime, duration, sinceWords, signedSeconds } from "../format";
import { useNow } from "../hooks";
import { isLive } from "../model";
import type { Clock, Link, NetworkInterface, Power } from "../parts";
import { canLocate, verbs } from "../store";
import { text } from "../text";
import { Badge } from "../view/badge";
import { Fact } from "../view/fact";
import { SignalIcon } from "../view/icons";
import { LinkFrame } from "../view/link_frame";
import { SharingCard } from "../view/sharing_card";
import { WifiList } from "../view/wifi_list";

/// Everything this device is tied to. A part it does not have is not shown.
export function LinksScreen({ model }: ScreenProps) {
  const live = isLive(model);
  const ticking = useNow(1000, live);
  const now = (live ? ticking : model.heardAt) + model.clockAhead;
  const { links, interfaces, clocks, power, sharing } = model.parts;
  return (
    <div class="columns">
      <PageLink model={model} now={ticking} />
      {links.map((link) => (
        <LinkCard key={link.name} link={link} since={ticking - model.statusAt} />
      ))}
      {sharing && <SharingCard sharing={sharing} live={live} />}
      {interfaces.length > 0 && <NetworkCard interfaces={interfaces} live={live} joining={model.joining} />}
      {model.statusAt > 0 && <TimeCard clocks={clocks} now={now} ahead={model.clockAhead} live={live} camera={model.camera?.connected === true} />}
      {model.statusAt > 0 && <DeviceCard power={power} />}
    </div>
  );
}

function PageLink({ model, now }: { model: ScreenProps["model"]; now: number }) {
  const { state, attempt } = model.connection;
  return (
    <LinkFrame name="page" heading={text.links.page} badge={<Badge state={state} attempt={attempt} />}>
      <dl class="facts">
        <Fact name={text.links.device}>{location.host}</Fact>
        {model.heardAt > 0 && <Fact name={text.links.lastWord}>{sinceWords(now - model.heardAt)}</Fact>}
      </dl>
      {state === "error" && (
        <button type="button" class="button button-strong wide" onClick={verbs.retry}>
          {text.retry}
        </button>
      )}
    </LinkFrame>
  );
}

/// `since`: ms since the status that tells of it.
function LinkCard({ link, since }: { link: Link; since: number }) {
  const { state, attempt, attemptsMax, age, error, advice, facts } = link;
  const ago = age === undefined ? undefined : age + since;
  return (
    <LinkFrame name={link.name} heading={text.links.names[link.name] ?? link.name} badge={<Badge state={state} attempt={attempt} attemptsMax={attemptsMax} ago={ago} />}>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <Fact key={name} name={text.links.facts[name] ?? name}>
            {value}
          </Fact>
        ))}
        {ago !== undefined && <Fact name={text.links.lastWord}>{sinceWords(ago)}</Fact>}
        {error && state !== "receiving_data" && state !== "connected" && (
          <Fact name={text.links.error} tone={state === "error" ? "bad" : "warn"}>
            {error}
          </Fact>
        )}
        {advice && state === "error" && <Fact name={text.links.whatToDo}>{advice}</Fact>}
      </dl>
      {state === "error" && link.name === "uplink" && (
        <button type="button" class="button button-strong wide" onClick={() => void verbs.rest("POST", "/api/uplink/retry")}>
          {text.retry}
        </button>
      )}
    </LinkFrame>
  );
}

function NetworkCard({ interfaces, live, joining }: { interfaces: NetworkInterface[]; live: boolean; joining: string | null }) {
  return (
    <LinkFrame name="network" heading={text.links.network}>
      <dl class="facts">
        {interfaces.map(({ name, active, ip, ssid, signal }) => (
          <Fact key={name} name={ssid ? `${name} · ${ssid}` : name}>
            {active ? (ip ?? text.links.noAddress) : text.links.off}
            {signal !== undefined && <SignalIcon percent={signal} />}
          </Fact>
        ))}
      </dl>
      {interfaces.some((one) => one.isWifi) && <WifiList live={live} joining={joining} />}
    </LinkFrame>
  );
}

interface TimeProps {
  clocks: { pi?: Clock; camera?: Clock };
  now: number;
  ahead: number;
  live: boolean;
  camera: boolean;
}

function TimeCard({ clocks: { pi, camera }, now, ahead, live, camera: ready }: TimeProps) {
  return (
    <LinkFrame name="time" heading={text.links.time}>
      <dl class="facts">
        <Fact name={text.deviceTime}>{dayAndTime(now)}</Fact>
        <Fact name={text.links.difference} tone={Math.abs(ahead) > 2000 ? "warn" : undefined}>
          {signedSeconds(ahead)}
        </Fact>
        {pi && (
          <Fact name={text.links.clockSet}>
            {pi.synchronized ? [text.links.sources[pi.source ?? ""] ?? text.links.yes, pi.reliability && text.links.reliability[pi.reliability]].filter(Boolean).join(", ") : text.links.never}
          </Fact>
        )}
        {pi?.lastSync !== undefined && <Fact name={text.links.lastSync}>{sinceWords(now - pi.lastSync)}</Fact>}
        {camera && (
          <Fact name={text.links.cameraClock}>
            {camera.synchronized ? [text.links.yes, camera.lastSync !== undefined && sinceWords(now - camera.lastSync)].filter(Boolean).join(", ") : text.links.never}
          </Fact>
        )}
      </dl>
      {camera && (
        <button type="button" class="button wide" disabled={!live || !ready} onClick={verbs.setCameraClock}>
          {text.links.setCameraClock}
        </button>
      )}
      {canLocate() && (
        <button type="button" class="button wide" disabled={!live} onClick={verbs.tellGpsTime}>
          {text.links.byGps}
        </button>
      )}
    </LinkFrame>
  );
}

function DeviceCard({ power }: { power: Power }) {
  const { percent, charging, celsius, uptime, underVoltage, advice } = power;
  if (percent === undefined && celsius === undefined && uptime === undefined) return null;
  return (
    <LinkFrame name="device" heading={text.links.power}>
      <dl class="facts">
        {percent !== undefined && (
          <Fact name={text.links.battery} tone={percent < 20 ? "bad" : undefined}>
            {`${Math.round(percent)} %${charging ? `, ${text.links.charging}` : ""}`}
          </Fact>
        )}
        {celsius !== undefined && (
          <Fact name={text.links.temperature} tone={celsius > 75 ? "warn" : undefined}>
            {`${Math.round(celsius)} °C`}
          </Fact>
        )}
        {uptime !== undefined && <Fact name={text.links.uptime}>{duration(uptime)}</Fact>}
        {(underVoltage || advice.length > 0) && (
          <Fact name={text.links.advice} tone="warn">
            {advice.join(" ") || text.links.underVoltage}
          </Fact>
        )}
      </dl>
    </LinkFrame>
  );
}
