require "extlists";

if address :list ["from", "to"] [":addrbook:default", "tag:acme.example,2026-01-01:staff"] { keep; }
