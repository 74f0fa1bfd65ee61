// The studio's entry: a browser somebody works in, so today's syntax and no shims.
import "./css/tokens.css";
import "./css/atoms.css";
import "./css/shell.css";
import "./css/pages.css";
import "./css/queue.css";
import "./css/narrow.css";
import "./app";
