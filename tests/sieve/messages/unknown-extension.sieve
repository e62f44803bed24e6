require ["vnd.acme.expire", "never-heard-of"];

expire "day" "7";
fileintoo "x";
if hasexpiration { keep; }
