// Entry file of a bill's form.
import "./common.js";
import "./form.js";
import "./session.js";
import "./days.js";
import "./picker.js";
import "./lines.js";
import "./fit.js";
import "./amounts.js";
import "./cells.js";
import "./units.js";
import "./undo.js";
import "./address.js";
