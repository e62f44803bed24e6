require "variables";

set "a" "${fo\o}";
set "b" "${fo\\o}";
set "c" "\${foo}";
set "d" "\\${foo}";
