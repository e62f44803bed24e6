require "include";

include :once :optional "other";
if header :is "X-Done" "yes" { return; }
keep;
