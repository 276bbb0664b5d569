import { useEffect, useState } from "preact/hooks";
import { ask } from "../api";
import { day, duration } from "../format";
import { useLazy } from "../hooks";
import { kTitleMax } from "../limits";
import { addressOf, go } from "../router";
import { verbs } from "../store";
import { text } from "../text";
import { Fact } from "../view/fact";
import { HoldButton } from "../view/hold_button";
import { PreviousIcon } from "../view/icons";
import { type Report, parseReport, toCsv } from "./report";

/// One report: what happened, shot by shot.
export function ReportView({ id }: { id: string }) {
  const [found, setFound] = useState<{ answer: unknown; report: Report } | null>(null);
  const [problem, setProblem] = useState("");
  const path = `/api/timelapse/reports/${encodeURIComponent(id)}`;
  useEffect(() => {
    ask("GET", path).then(
      (answer) => setFound({ answer, report: parseReport(answer) }),
      (failure: Error) => setProblem(failure.message || text.reports.unread),
    );
  }, [path]);
  return (
    <section class="card report" aria-labelledby="report-heading">
      <div class="report-head">
        <a class="round-button" href={addressOf("timelapse")} aria-label={text.reports.back}>
          <PreviousIcon />
        </a>
        <h2 id="report-heading">{found ? (found.report.title ?? text.reports.unnamed(id)) : text.reports.heading}</h2>
      </div>
      {problem && <p class="problem">{problem}</p>}
      {found && <ReportBody path={path} answer={found.answer} report={found.report} renamed={(title) => setFound({ ...found, report: { ...found.report, title } })} />}
    </section>
  );
}

interface BodyProps {
  path: string;
  answer: unknown;
  report: Report;
  renamed: (title: string) => void;
}

function ReportBody({ path, answer, report, renamed }: BodyProps) {
  const Plot = useLazy(() => import("./shot_plot").then((module) => module.ShotPlot));
  const { startTime, endTime, interval, shots, failed, missed, camera, reason, errors, shotList } = report;
  return (
    <>
      <dl class="facts">
        {startTime !== undefined && <Fact name={text.reports.started}>{day(startTime)}</Fact>}
        {startTime !== undefined && endTime !== undefined && <Fact name={text.reports.took}>{duration(endTime - startTime)}</Fact>}
        {interval !== undefined && <Fact name={text.reports.interval}>{`${interval} s`}</Fact>}
        {shots !== undefined && <Fact name={text.reports.saved}>{shots.toLocaleString("en")}</Fact>}
        {!!failed && <Fact name={text.session.failed} tone="bad">{failed.toLocaleString("en")}</Fact>}
        {!!missed && <Fact name={text.session.missed} tone="warn">{missed.toLocaleString("en")}</Fact>}
        {camera && <Fact name={text.reports.camera}>{camera}</Fact>}
        {reason && <Fact name={text.reports.ended}>{reason}</Fact>}
      </dl>
      {Plot && shotList.length > 1 && <Plot shots={shotList} />}
      {errors.length > 0 && (
        <details class="report-errors">
          <summary>{text.reports.errors(errors.length)}</summary>
          <ol>
            {errors.map((error) => (
              <li key={error.number}>{error.number === undefined ? error.words : `${text.picture.shot(error.number)}: ${error.words}`}</li>
            ))}
          </ol>
        </details>
      )}
      <ReportVerbs path={path} answer={answer} report={report} renamed={renamed} />
    </>
  );
}

function ReportVerbs({ path, answer, report, renamed }: BodyProps) {
  const [title, setTitle] = useState(report.title ?? "");
  const failed = (failure: Error) => verbs.tell(failure.message || text.event.notSent, "bad");
  const rename = (event: Event) => {
    event.preventDefault();
    ask("PUT", `${path}/title`, { title: title.trim() }).then(() => {
      renamed(title.trim());
      verbs.tell(text.reports.renamed(title.trim()), "good");
    }, failed);
  };
  const remove = () => {
    ask("DELETE", path).then(() => {
      verbs.tell(text.reports.deleted(report.title ?? ""), "good");
      go("timelapse");
    }, failed);
  };
  const name = (report.title ?? report.id).replace(/[^\p{L}\p{N}]+/gu, "-");
  return (
    <div class="report-verbs">
      <form class="name-form" onSubmit={rename}>
        <label for="report-name">{text.reports.title}</label>
        <input id="report-name" class="input" maxLength={kTitleMax} autocomplete="off" value={title} onInput={(event) => setTitle(event.currentTarget.value)} />
        <button type="submit" class="button" disabled={!title.trim() || title.trim() === report.title}>
          {text.reports.rename}
        </button>
      </form>
      <div class="report-exports">
        <button type="button" class="button" onClick={() => download(`${name}.csv`, "text/csv", toCsv(report))}>
          {text.reports.csv}
        </button>
        <button type="button" class="button" onClick={() => download(`${name}.json`, "application/json", JSON.stringify(answer, null, 2))}>
          {text.reports.json}
        </button>
      </div>
      <HoldButton class="button discard" label={text.reports.remove} holding={text.hold.holding} confirm={text.hold.confirm} onHeld={remove} />
    </div>
  );
}

/// Hands a file to the phone. Made here, so that it works while the device is away too.
function download(name: string, type: string, content: string) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
