# options: --timezone Asia/Shanghai
require "date";
if currentdate :zone "+0800" "hour" "09" { keep; }
