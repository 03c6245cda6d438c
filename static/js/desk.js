// The one script of the desk. `collectstatic` joins the parts below into it (config/static.py).
// A part listens on the document, finds its elements by a data- attribute, exports nothing and speaks through events.
import "./tell.js";
import "./alerts.js";
import "./pop.js";
import "./age.js";
import "./keys.js";
import "./rows.js";
import "./form.js";
import "./days.js";
import "./picker.js";
import "./conflict.js";
import "./lines.js";
import "./amounts.js";
import "./cells.js";
import "./undo.js";
import "./address.js";
