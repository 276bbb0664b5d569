import type { ScreenProps } from "../app";
import { isRunning } from "../model";
import { ReportList } from "../reports/report_list";
import { ReportView } from "../reports/report_view";
import { ProgressView } from "../view/progress_view";
import { StartForm } from "../view/start_form";
import { UnsavedStrip } from "../view/unsaved_strip";

export function TimelapseScreen({ model, detail }: ScreenProps) {
  const { session } = model;
  return (
    <div class="halves" data-detail={detail !== ""}>
      <section class="card timelapse" aria-labelledby="timelapse-heading">
        {session && isRunning(session) ? (
          <ProgressView model={model} session={session} />
        ) : (
          <>
            <UnsavedStrip model={model} />
            <StartForm model={model} />
          </>
        )}
      </section>
      {detail ? <ReportView key={detail} id={detail} /> : <ReportList model={model} />}
    </div>
  );
}
