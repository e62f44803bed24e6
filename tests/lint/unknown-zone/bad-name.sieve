require "date";
if currentdate :zone "Europe/Berlin" "hour" "09" { keep; }
