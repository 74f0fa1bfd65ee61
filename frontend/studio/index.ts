// The studio's entry: a browser somebody works in, so today's syntax and no shims.
import "./app";
import "./studio.css";
