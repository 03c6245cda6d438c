// Entry file of a record's form, and of the conflict page that may replace it.
import "./common.js";
import "./form.js";
import "./session.js";
import "./days.js";
import "./picker.js";
import "./conflict.js";
import "./undo.js";
import "./address.js";
