// Entry file of a record's form.
import "./common.js";
import "./form.js";
import "./session.js";
import "./days.js";
import "./picker.js";
import "./undo.js";
import "./address.js";
import "./sections.js";
