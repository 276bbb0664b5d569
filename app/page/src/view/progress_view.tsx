import { useState } from "preact/hooks";
import { clock, countdown, duration } from "../format";
import { useNow } from "../hooks";
import { type Model, isLive } from "../model";
import { type Progress, progressAt } from "../progress";
import type { Session } from "../protocol";
import { verbs } from "../store";
import { text } from "../text";
import { HoldButton } from "./hold_button";
import { EditIcon, StopIcon } from "./icons";
import { PlanDialogue } from "./plan_dialogue";

const kTick = 200; // ms

export function ProgressView({ model, session }: { model: Model; session: Session }) {
  const live = isLive(model);
  const ticking = useNow(kTick, live);
  const now = (live ? ticking : model.heardAt) + model.clockAhead;
  const progress = progressAt(session, now);
  const { stats, options } = session;
  const stopping = model.stopPending || session.state === "stopping";
  const pace = session.state === "paused" ? text.session.paused : text.session.interval(options.interval);
  const [changing, setChanging] = useState(false);
  return (
    <div class="progress">
      <div class="progress-head">
        <h2 id="timelapse-heading">{session.title || text.session.untitled}</h2>
        {options.pausable ? (
          <button type="button" class="button button-quiet progress-change" disabled={!live || stopping} aria-label={`${text.plan.heading}: ${pace}`} onClick={() => setChanging(true)}>
            {pace}
            <EditIcon />
          </button>
        ) : (
          <span class="progress-interval">{pace}</span>
        )}
      </div>
      <Ring session={session} progress={progress} />
      <dl class="figures">
        <Figure name={text.session.next} class="figure-next" value={progress.untilNext === null ? "–" : `${countdown(progress.untilNext)}`} unit={progress.untilNext !== null && progress.untilNext < 10_000 ? "s" : ""} />
        {progress.left !== null ? (
          <Figure name={text.session.left} value={duration(progress.left)} aside={progress.endsAt === null ? "" : `${text.session.ends} ${clock(progress.endsAt, false)}`} />
        ) : (
          <Figure name={text.session.elapsed} value={progress.elapsed === null ? "–" : duration(progress.elapsed)} />
        )}
        <Figure name={text.session.failed} class="figure-failed" value={stats.shotsFailed.toLocaleString("en")} tone={stats.shotsFailed ? "bad" : undefined} />
        <Figure name={text.session.missed} class="figure-missed" value={stats.shotsMissed.toLocaleString("en")} tone={stats.shotsMissed ? "warn" : undefined} />
      </dl>
      {options.pausable && (
        <button type="button" class="button pause" disabled={!live || stopping} onClick={session.state === "paused" ? verbs.goOn : verbs.pause}>
          {session.state === "paused" ? text.session.goOn : text.session.pause}
        </button>
      )}
      <HoldButton
        class="button stop" disabled={!live || stopping} onHeld={verbs.stop} holding={text.session.stopNow} confirm={text.session.stopConfirm}
        label={
          <>
            <StopIcon />
            {stopping ? text.session.stopping : text.session.stop}
          </>
        }
      />
      <PlanDialogue open={changing && !stopping} close={() => setChanging(false)} session={session} live={live} />
    </div>
  );
}

interface FigureProps {
  name: string;
  value: string;
  unit?: string;
  aside?: string;
  tone?: "warn" | "bad";
  class?: string;
}

function Figure({ name, value, unit, aside, tone, class: extra = "" }: FigureProps) {
  return (
    <div class={`figure ${extra}`} data-tone={tone}>
      <dt>{name}</dt>
      <dd>
        {value}
        {unit && <span class="figure-unit"> {unit}</span>}
        {aside && <span class="figure-aside">{aside}</span>}
      </dd>
    </div>
  );
}

const kOuter = 88;
const kInner = 74;
const around = (radius: number) => 2 * Math.PI * radius;

/// Outside the whole timelapse, inside the way to the next shot.
function Ring({ session, progress }: { session: Session; progress: Progress }) {
  const { stats, options } = session;
  const part = progress.part ?? 0;
  const angle = (part * 360 - 90) * (Math.PI / 180);
  const percent = Math.round(part * 100);
  return (
    <div
      class="ring" role="progressbar" aria-label={text.session.progress} aria-valuemin={0} aria-valuemax={100}
      aria-valuenow={progress.part === null ? undefined : percent} aria-valuetext={`${stats.shotsSuccessful} ${options.totalShots ? text.session.of(options.totalShots) : text.session.shots}`}
    >
      <svg viewBox="0 0 200 200" aria-hidden="true">
        <circle class="ring-track" cx="100" cy="100" r={kOuter} />
        <circle class="ring-track ring-track-inner" cx="100" cy="100" r={kInner} />
        {progress.part !== null && <circle class="ring-arc" cx="100" cy="100" r={kOuter} transform="rotate(-90 100 100)" stroke-dasharray={`${part * around(kOuter)} ${around(kOuter)}`} />}
        <circle class="ring-next" cx="100" cy="100" r={kInner} transform="rotate(-90 100 100)" stroke-dasharray={`${progress.intervalPart * around(kInner)} ${around(kInner)}`} />
        {progress.part !== null && <circle class="ring-star" cx={100 + kOuter * Math.cos(angle)} cy={100 + kOuter * Math.sin(angle)} r="6" />}
      </svg>
      <div class="ring-words" aria-hidden="true">
        <span class="ring-count">{stats.shotsSuccessful.toLocaleString("en")}</span>
        <span class="ring-total">{options.totalShots ? text.session.of(options.totalShots) : text.session.shots}</span>
      </div>
    </div>
  );
}
