import { useEffect, useState } from "preact/hooks";
import { ask } from "../api";
import { count, fields, list, words } from "../json";
import { verbs } from "../store";
import { text } from "../text";
import { SignalIcon } from "./icons";

interface Network {
  ssid: string;
  signal: number;
  open: boolean;
  inUse: boolean;
}

const kNetworksShown = 12; // the strongest

function parse(answer: unknown): Network[] {
  const found = list(fields(answer).networks).flatMap((one): Network[] => {
    const { ssid, signal, security, inUse } = fields(one);
    return words(ssid) ? [{ ssid: String(ssid), signal: count(signal) ?? 0, open: security === "Open" || security === "", inUse: inUse === true }] : [];
  });
  return found.sort((a, b) => Number(b.inUse) - Number(a.inUse) || b.signal - a.signal).slice(0, kNetworksShown);
}

interface Props {
  live: boolean;
  joining: string | null;
}

/// The networks the device hears, and joining one. The password goes to the device and is kept nowhere here.
export function WifiList({ live, joining }: Props) {
  const [networks, setNetworks] = useState<Network[] | null>(null);
  const [looking, setLooking] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const look = (anew: boolean) => {
    setLooking(true);
    ask("GET", `/api/network/wifi/scan?refresh=${anew}`)
      .then((answer) => setNetworks(parse(answer)), (failure: Error) => verbs.tell(failure.message || text.event.noAnswer, "bad"))
      .finally(() => setLooking(false));
  };
  useEffect(() => {
    if (live && networks && joining === null) look(false); // another one is in use
  }, [joining]);
  const join = (ssid: string, password: string) => {
    setChosen(null);
    verbs.joinWifi(ssid, password);
  };
  const busy = looking || joining !== null;
  return (
    <div class="wifi">
      <button type="button" class="button wide" disabled={!live || busy} onClick={() => look(true)}>
        {joining !== null ? text.wifi.joining(joining) : looking ? text.wifi.looking : text.wifi.look}
      </button>
      {networks?.length === 0 && <p class="about">{text.wifi.none}</p>}
      {networks && networks.length > 0 && (
        <ul class="nearby" aria-label={text.wifi.heading}>
          {networks.map((network) => (
            <li key={network.ssid}>
              <button
                type="button" class="button wide" disabled={!live || busy || network.inUse} aria-expanded={chosen === network.ssid}
                onClick={() => (network.open ? join(network.ssid, "") : setChosen(chosen === network.ssid ? null : network.ssid))}
              >
                <span>{network.ssid}</span>
                <span class="nearby-about">
                  {network.inUse && text.wifi.inUse}
                  <SignalIcon percent={network.signal} />
                </span>
              </button>
              {chosen === network.ssid && <PasswordForm ssid={network.ssid} join={join} />}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function PasswordForm({ ssid, join }: { ssid: string; join: (ssid: string, password: string) => void }) {
  const [password, setPassword] = useState("");
  return (
    <form
      class="name-form"
      onSubmit={(event) => {
        event.preventDefault();
        join(ssid, password);
      }}
    >
      <label for="wifi-password">{text.wifi.password(ssid)}</label>
      <input id="wifi-password" class="input" type="password" autocomplete="off" maxLength={63} value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
      <button type="submit" class="button button-strong" disabled={password.length < 8}>
        {text.wifi.join}
      </button>
      <p class="about">{text.wifi.leaves}</p>
    </form>
  );
}
