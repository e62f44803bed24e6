require "fileinto";
if header :regex "a" "b" { fileinto :copy :create "x"; }
