// The script of the pages to read. `collectstatic` joins the parts into it (config/processes/static.py).
// A part listens on the document, finds its elements by a data- attribute, exports nothing and speaks through events.
import "./common.js";
import "./rows.js";
import "./days.js";
import "./picker.js";
