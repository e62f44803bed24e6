# options: --include-dir messages/included
require "include";

include "none";
include "loop";
