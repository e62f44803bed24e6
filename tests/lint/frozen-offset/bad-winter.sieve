# options: --timezone Europe/Berlin
require "date";
if currentdate :zone "+0100" "hour" "09" { keep; }
