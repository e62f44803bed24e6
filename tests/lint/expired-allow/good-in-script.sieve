require "vacation";

vacation "I am away."; # tamis: allow reply-without-addresses until 2026-11-23 because the alias is new
