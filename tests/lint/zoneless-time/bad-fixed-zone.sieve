# options: --timezone Asia/Shanghai
require "date";
if anyof (true, date "date" "hour" "09") { keep; }
