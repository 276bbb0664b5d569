// The simulated media server as a process, on free ports, and the hand at its faults.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export const API_KEY = 'sdk-test-key';

export async function startServer(...extra) {
  const child = spawn(process.env.SIM_MEDIA_SERVER, ['--port', '0', '--control-port', '0', '--api-key', API_KEY, ...extra], { stdio: ['ignore', 'pipe', 'inherit'] });
  const found = {};
  for await (const line of createInterface({ input: child.stdout })) {
    found.control ??= /^Control: (\S+)\/sim\/state$/.exec(line)?.[1];
    found.url ??= /is ready: (\S+)$/.exec(line)?.[1];
    if (found.url) break;
  }
  if (!found.url) throw new Error('the simulated media server did not start');
  const control = async (path, body) => {
    const answer = await fetch(`${found.control}/sim/${path}`, body && { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    url: found.url,
    control,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/// Waits until `what()` gives something; what it gave.
export async function until(what, description, patience = 5000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await what();
    if (value) return value;
    if (Date.now() > end) throw new Error(`in vain: ${description}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
