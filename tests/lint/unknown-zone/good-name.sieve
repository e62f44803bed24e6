# options: --server cyrus-3.10
require "date";
if currentdate :zone "Europe/Berlin" "hour" "09" { keep; }
