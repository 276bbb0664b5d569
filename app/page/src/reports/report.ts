// A report as the device keeps it: an entry of the list, and the whole with every shot.
import { count, fields, instant, list, words } from "../json";

export interface ReportEntry {
  id: string;
  title?: string;
  startTime?: number;
  shots?: number;
  failed?: number;
  status?: string;
}

export interface Shot {
  number: number;
  outcome: string; // saved, failed, missed
  late?: number; // ms
  took?: number; // ms
}

export interface Report extends ReportEntry {
  endTime?: number;
  interval?: number; // s
  missed?: number;
  camera?: string;
  reason?: string;
  errors: { number?: number; words: string }[];
  shotList: Shot[];
}

/// A part of the list, the newest first, and how many there are in all.
export function parseList(answer: unknown): { reports: ReportEntry[]; total: number } {
  const reports = list(fields(answer).reports).map(entry).filter((report) => report.id !== "");
  return { reports: reports.sort((a, b) => (b.startTime ?? 0) - (a.startTime ?? 0)), total: count(fields(answer).total) ?? reports.length };
}

function entry(value: unknown): ReportEntry {
  const from = fields(value);
  const results = fields(from.results);
  return {
    id: words(from.id) ?? "",
    title: words(from.title),
    startTime: instant(from.startTime),
    shots: count(results.imagesSuccessful) ?? count(from.imagesSuccessful) ?? count(from.shots),
    failed: count(results.imagesFailed) ?? count(from.imagesFailed) ?? count(from.failed),
    status: words(from.status),
  };
}

export function parseReport(answer: unknown): Report {
  const from = fields(answer);
  const results = fields(from.results);
  return {
    ...entry(answer),
    endTime: instant(from.endTime),
    interval: count(fields(from.intervalometer).interval),
    missed: count(results.imagesMissed),
    camera: words(fields(from.cameraInfo).model),
    reason: words(fields(from.metadata).completionReason),
    errors: list(results.errors).flatMap((error) => {
      const { shotNumber, error: said } = fields(error);
      return words(said) ? [{ number: count(shotNumber), words: String(said) }] : [];
    }),
    shotList: list(from.shots).flatMap((shot) => {
      const { shotNumber, outcome, late_ms, took_ms } = fields(shot);
      const number = count(shotNumber);
      return number === undefined ? [] : [{ number, outcome: words(outcome) ?? "saved", late: count(late_ms), took: count(took_ms) }];
    }),
  };
}

/// One line a shot, for a spreadsheet.
export function toCsv(report: Report): string {
  const lines = report.shotList.map((shot) => [shot.number, shot.outcome, shot.late ?? "", shot.took ?? ""].join(","));
  return ["shot,outcome,late_ms,took_ms", ...lines, ""].join("\r\n");
}
