keep;
require "fileinto";
else { keep; }
if true { keep; } else { keep; } elsif true { keep; }
if true { keep; } else if true { keep; }
break;
extracttext "a";
if keep { stop; }
if anyof true { keep; }
if true, false { keep; }
if header "a" "b" header "c" "d" { keep; }
if true { keep;
