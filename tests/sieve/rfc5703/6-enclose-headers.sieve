require "enclose";

enclose :subject "Enclosed" :headers ["X-A: b", "X-C: d"] "A message was enclosed.";
