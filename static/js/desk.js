// Entry file of read-only pages. `collectstatic` bundles the parts into it (config/processes/static.py).
// A part listens on the document, finds its elements by a data- attribute, exports nothing and communicates by events.
import "./common.js";
import "./rows.js";
import "./days.js";
import "./picker.js";
