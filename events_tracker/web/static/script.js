"use strict";
// Everything works without this file; it adds the live list, the keys, and the preview while typing.
