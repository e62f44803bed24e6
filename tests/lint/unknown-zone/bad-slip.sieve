# options: --server cyrus-3.10
require "date";
if currentdate :zone "Europe/Berln" "hour" "09" { keep; }
