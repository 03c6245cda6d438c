// Entry file of lists with a search.
import "./common.js";
import "./rows.js";
import "./list.js";
import "./selection.js";
import "./days.js";
import "./picker.js";
import "./columns.js";
import "./export.js";
