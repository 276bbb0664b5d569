import { render } from "preact";
import { App } from "./app";
import { applyTheme } from "./theme";
import { verbs } from "./store";
import "./style/base.css";
import "./style/layout.css";
import "./style/controls.css";
import "./style/connection.css";
import "./style/camera.css";
import "./style/picture.css";
import "./style/form.css";
import "./style/progress.css";
import "./style/dock.css";
import "./style/dialogue.css";
import "./style/desk.css";

applyTheme();
render(<App />, document.getElementById("page")!);
verbs.connect();
