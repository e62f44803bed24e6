require "variables";

set "company" "ACME";
set "a" "&%${}!";
set "b" "${doh!}";
set "c" "${full}";
set "d" "${company}";
set "e" "${BAD${Company}";
set "f" "${President, ${Company} Inc.}";
