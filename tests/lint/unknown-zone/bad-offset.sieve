require "date";
if currentdate :zone "Asia/Shanghai" "hour" "09" { keep; }
elsif currentdate :zone "GMT" "hour" "10" { keep; }
elsif currentdate :zone "CEST" "hour" "11" { keep; }
elsif currentdate :zone "+2500" "hour" "12" { keep; }
elsif currentdate :zone "0800" "hour" "13" { keep; }
