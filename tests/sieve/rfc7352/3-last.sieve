require "duplicate";

if duplicate :last :handle "a" :uniqueid "b" { discard; }
