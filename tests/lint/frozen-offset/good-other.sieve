# options: --timezone Europe/Berlin
require "date";
if currentdate :zone "+0000" "hour" "09" { keep; }
