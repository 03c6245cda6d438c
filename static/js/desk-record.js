// Entry file of the page of a record or a vendor.
import "./common.js";
import "./rows.js";
import "./copy.js";
import "./clip.js";
