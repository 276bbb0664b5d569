import { render } from "preact";
import { App } from "./app";
import { applyTheme } from "./theme";
import { verbs } from "./store";
import "./style/base.css";
import "./style/layout.css";
import "./style/parts.css";

applyTheme();
render(<App />, document.getElementById("page")!);
verbs.connect();
