import { useState } from "preact/hooks";
import type { FoundSession, Sharing } from "../parts";
import { verbs } from "../store";
import { text } from "../text";
import { Fact } from "./fact";
import { HoldButton } from "./hold_button";
import { LinkFrame } from "./link_frame";

const post = (what: string, body?: object) => void verbs.rest("POST", `/api/session/${what}`, body);

/// Several devices that shoot as one: hosting, joining, and how well they keep together.
export function SharingCard({ sharing, live }: { sharing: Sharing; live: boolean }) {
  const { status } = sharing;
  return (
    <LinkFrame name="session" heading={text.sharing.heading} badge={<span class="plain-badge" data-on={status !== "idle"}>{text.sharing.status[status] ?? status}</span>}>
      {status === "idle" ? <Alone sharing={sharing} live={live} /> : <Together sharing={sharing} live={live} />}
      {sharing.error && <p class="problem">{sharing.error}</p>}
    </LinkFrame>
  );
}

function Alone({ sharing, live }: { sharing: Sharing; live: boolean }) {
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  return (
    <>
      <p class="about">{text.sharing.about}</p>
      <form
        class="name-form"
        onSubmit={(event) => {
          event.preventDefault();
          post("host", name.trim() ? { name: name.trim() } : {});
        }}
      >
        <label for="session-name">{text.sharing.name}</label>
        <input id="session-name" class="input" maxLength={40} autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        <button type="submit" class="button" disabled={!live}>
          {text.sharing.host}
        </button>
      </form>
      <form
        class="name-form"
        onSubmit={(event) => {
          event.preventDefault();
          post("join", { code });
        }}
      >
        <label for="session-code">{text.sharing.joinCode}</label>
        <input
          id="session-code" class="input code" maxLength={12} autocomplete="off" autocapitalize="characters" spellcheck={false} value={code}
          onInput={(event) => setCode(event.currentTarget.value.toUpperCase())}
        />
        <button type="submit" class="button" disabled={!live || code.replace(/[^A-Z0-9]/g, "").length !== 6}>
          {text.sharing.join}
        </button>
      </form>
      <button type="button" class="button wide" disabled={!live || sharing.discovering} onClick={() => post("discover")}>
        {sharing.discovering ? text.sharing.looking : text.sharing.look}
      </button>
      {sharing.found.length > 0 && <Nearby found={sharing.found} live={live} />}
    </>
  );
}

function Nearby({ found, live }: { found: FoundSession[]; live: boolean }) {
  return (
    <ul class="nearby">
      {found.map((session) => (
        <li key={session.code}>
          <button
            type="button" class="button wide" disabled={!live} aria-label={text.sharing.joinOne(session.name)}
            onClick={() => post("join", { code: session.code, address: session.address, port: session.port })}
          >
            <span>{session.name}</span>
            <span class="nearby-about">
              {[session.hostName, session.members !== undefined && session.membersMax !== undefined && `${session.members}/${session.membersMax}`].filter(Boolean).join(" · ")}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Together({ sharing, live }: { sharing: Sharing; live: boolean }) {
  const { hosts, code, name, members, ownId, fired, spread, intervalometer } = sharing;
  return (
    <>
      {code && <p class="session-code" aria-label={`${text.sharing.code} ${code}`}>{code}</p>}
      {name && <p class="session-name">{name}</p>}
      <dl class="facts">
        {members.map((member) => (
          <Fact key={member.id} name={[member.name, member.host && text.sharing.isHost, member.id === ownId && text.sharing.itself].filter(Boolean).join(" · ")}>
            {[member.status, member.latency !== undefined && text.sharing.latency(member.latency)].filter(Boolean).join(", ")}
          </Fact>
        ))}
        {fired && <Fact name={text.sharing.last}>{text.sharing.spread(fired, spread)}</Fact>}
      </dl>
      {hosts && (
        <>
          <label class="check">
            <input type="checkbox" checked={intervalometer} disabled={!live} onChange={(event) => post("share-intervalometer", { on: event.currentTarget.checked })} />
            <span>{text.sharing.together}</span>
          </label>
          <button type="button" class="button button-strong wide" disabled={!live} onClick={() => post("fire", {})}>
            {text.sharing.fire}
          </button>
        </>
      )}
      <HoldButton
        class="button wide" disabled={!live} label={hosts ? text.sharing.end : text.sharing.leave} holding={text.hold.holding} confirm={text.hold.confirm}
        onHeld={() => post(hosts ? "end" : "leave")}
      />
    </>
  );
}
