import { useEffect, useState } from "preact/hooks";
import { ask } from "../api";
import { day } from "../format";
import { type Model, isLive } from "../model";
import { addressOf } from "../router";
import { text } from "../text";
import { NextIcon } from "../view/icons";
import { type ReportEntry, parseList } from "./report";

const kPage = 50; // reports asked for at once; a season's worth is more than a thumb wants to scroll

export function ReportList({ model }: { model: Model }) {
  const [reports, setReports] = useState<ReportEntry[] | null>(null);
  const [total, setTotal] = useState(0);
  const [problem, setProblem] = useState("");
  const live = isLive(model);
  const load = (known: ReportEntry[]) => {
    ask("GET", `/api/timelapse/reports?offset=${known.length}&limit=${kPage}`).then(
      (answer) => {
        const part = parseList(answer);
        setReports([...known, ...part.reports]);
        setTotal(part.total);
        setProblem("");
      },
      (failure: Error) => setProblem(failure.message || text.reports.unread),
    );
  };
  useEffect(() => {
    if (live) load([]);
  }, [live, model.reportsChanged]);
  return (
    <section class="card" aria-labelledby="reports-heading">
      <h2 id="reports-heading">{text.reports.heading}</h2>
      {problem && <p class="problem">{problem}</p>}
      {reports?.length === 0 && <p class="about">{text.reports.none}</p>}
      <ul class="reports">
        {reports?.map((report) => (
          <li key={report.id}>
            <a class="report-entry" href={addressOf("timelapse", report.id)}>
              <span class="report-title">{report.title ?? text.reports.unnamed(report.id)}</span>
              <span class="report-about">{aboutEntry(report)}</span>
              <NextIcon />
            </a>
          </li>
        ))}
      </ul>
      {reports && total > reports.length && (
        <button type="button" class="button wide" disabled={!live} onClick={() => load(reports)}>
          {text.reports.more(total - reports.length)}
        </button>
      )}
    </section>
  );
}

const aboutEntry = ({ startTime, shots, failed }: ReportEntry) =>
  [startTime !== undefined && day(startTime), shots !== undefined && text.reports.shots(shots), failed ? text.reports.failed(failed) : ""].filter(Boolean).join(" · ");
