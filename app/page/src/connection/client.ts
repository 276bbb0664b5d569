// Runs the lifecycle on a browser WebSocket.
import { type Action, type Event, type State, delayBefore, kAttemptsMax, kConnectingMax, kSilenceMax, step } from "./lifecycle";

export interface ConnectionView {
  state: State;
  attempt: number; // 0 until a connection was lost
  retryAt: number; // local ms; meaningful while reconnecting
  failure: "refused" | "retries" | null;
  left: boolean; // logged out: disconnected until somebody asks
}

export class ConnectionClient {
  view: ConnectionView = { state: "disconnected", attempt: 0, retryAt: 0, failure: null, left: false };
  private socket_: WebSocket | null = null;
  private timer_: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url_: () => string,
    /// Asked when a handshake failed, which browsers do not explain: true when the device answers, but not to us.
    private readonly isRefused_: () => Promise<boolean>,
    private readonly onChange_: (view: ConnectionView) => void,
    private readonly onText_: (text: string) => void,
  ) {}

  connect() {
    this.dispatch_("connect");
  }

  /// Leaves the error state and tries at once.
  retry() {
    this.dispatch_("retry");
    this.dispatch_("connect");
  }

  /// Closes, and stays closed until connect().
  leave() {
    this.dispatch_("logout");
  }

  /// False when there is no connection to send it on.
  send(message: object): boolean {
    if (this.socket_?.readyState !== WebSocket.OPEN) return false;
    this.socket_.send(JSON.stringify(message));
    return true;
  }

  private dispatch_(event: Event) {
    const taken = step(this.view.state, event);
    if (!taken) return;
    const changed = taken.to !== this.view.state;
    this.view = { ...this.view, state: taken.to };
    if (taken.to !== "error") this.view.failure = null;
    this.view.left = event === "logout";
    this.arm_(taken.to);
    for (const action of taken.do) this.perform_(action);
    if (changed || event === "logout") this.onChange_(this.view);
    if (changed && taken.to === "disconnected" && event !== "retry" && event !== "logout") this.dispatch_("lost");
    if (taken.to === "reconnecting" && this.view.attempt > kAttemptsMax) this.dispatch_("exhausted");
  }

  /// Every state but the resting ones has one clock.
  private arm_(state: State) {
    clearTimeout(this.timer_);
    if (state === "connecting") this.timer_ = setTimeout(() => this.dispatch_("timeout"), kConnectingMax);
    if (state === "connected" || state === "receiving_data") this.timer_ = setTimeout(() => this.dispatch_("timeout"), kSilenceMax);
  }

  private perform_(action: Action) {
    switch (action) {
      case "open":
        this.open_();
        break;
      case "drop":
        this.drop_();
        break;
      case "reset_count":
        this.view.attempt = 0;
        break;
      case "wait": {
        const attempt = this.view.attempt + 1;
        this.view.attempt = attempt;
        if (attempt > kAttemptsMax) break;
        this.view.retryAt = Date.now() + delayBefore(attempt);
        this.timer_ = setTimeout(() => this.dispatch_("retry_due"), delayBefore(attempt));
        break;
      }
      case "explain_refusal":
        this.view.failure = "refused";
        break;
      case "explain_retries":
        this.view.failure = "retries";
        break;
    }
  }

  private open_() {
    this.drop_();
    const socket = new WebSocket(this.url_());
    this.socket_ = socket;
    // A socket that was dropped may still speak: only the present one is heard.
    const heard = (then: () => void) => () => {
      if (this.socket_ === socket) then();
    };
    socket.onopen = heard(() => this.dispatch_("opened"));
    socket.onmessage = (message) => {
      if (this.socket_ !== socket || typeof message.data !== "string") return;
      this.dispatch_("message");
      this.onText_(message.data);
    };
    socket.onclose = (closed) => {
      if (this.socket_ !== socket) return;
      if (this.view.state === "connecting" && closed.code !== 1008) {
        void this.isRefused_().then((refused) => this.ended_(socket, refused));
        return;
      }
      this.ended_(socket, closed.code === 1008);
    };
  }

  private ended_(socket: WebSocket, refused: boolean) {
    if (this.socket_ !== socket) return; // given up meanwhile
    this.socket_ = null;
    this.dispatch_(refused ? "refused" : "closed");
  }

  private drop_() {
    const socket = this.socket_;
    this.socket_ = null;
    socket?.close();
  }
}
