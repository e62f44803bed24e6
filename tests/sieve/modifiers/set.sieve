require ["variables", "regex", "enotify"];

set :lower "a" "A";
set :upper :lowerfirst "b" "bB";
set :upperfirst "c" "c";
set :quotewildcard "d" "*";
set :quoteregex "e" ".*";
set :encodeurl "f" "a b";
set :length "g" "${a}";
