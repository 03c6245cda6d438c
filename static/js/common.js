// The parts that every page needs.
import "./tell.js";
import "./whose.js";
import "./alerts.js";
import "./pop.js";
import "./age.js";
import "./keys.js";
import "./away.js";
import "./whole.js";
