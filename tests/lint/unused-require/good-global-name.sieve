require ["include", "variables"];
set "global.away" "yes";
