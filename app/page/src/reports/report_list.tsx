import { useEffect, useState } from "preact/hooks";
import { ask } from "../api";
import { day } from "../format";
import { type Model, isLive } from "../model";
import { addressOf } from "../router";
import { text } from "../text";
import { NextIcon } from "../view/icons";
import { type ReportEntry, parseList } from "./report";

const kShown = 50; // at first; a season's worth is more than a thumb wants to scroll

export function ReportList({ model }: { model: Model }) {
  const [reports, setReports] = useState<ReportEntry[] | null>(null);
  const [problem, setProblem] = useState("");
  const [shown, setShown] = useState(kShown);
  const live = isLive(model);
  useEffect(() => {
    if (!live) return;
    ask("GET", "/api/timelapse/reports").then(
      (answer) => {
        setReports(parseList(answer));
        setProblem("");
      },
      (failure: Error) => setProblem(failure.message || text.reports.unread),
    );
  }, [live, model.reportsChanged]);
  return (
    <section class="card" aria-labelledby="reports-heading">
      <h2 id="reports-heading">{text.reports.heading}</h2>
      {problem && <p class="problem">{problem}</p>}
      {reports?.length === 0 && <p class="about">{text.reports.none}</p>}
      <ul class="reports">
        {reports?.slice(0, shown).map((report) => (
          <li key={report.id}>
            <a class="report-entry" href={addressOf("timelapse", report.id)}>
              <span class="report-title">{report.title ?? text.reports.unnamed(report.id)}</span>
              <span class="report-about">{aboutEntry(report)}</span>
              <NextIcon />
            </a>
          </li>
        ))}
      </ul>
      {reports && reports.length > shown && (
        <button type="button" class="button wide" onClick={() => setShown(shown + kShown)}>
          {text.reports.more(reports.length - shown)}
        </button>
      )}
    </section>
  );
}

const aboutEntry = ({ startTime, shots, failed }: ReportEntry) =>
  [startTime !== undefined && day(startTime), shots !== undefined && text.reports.shots(shots), failed ? text.reports.failed(failed) : ""].filter(Boolean).join(" · ");
