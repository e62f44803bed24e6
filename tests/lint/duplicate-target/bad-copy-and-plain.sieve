require "copy";
redirect :copy "a@acme.example";
redirect "a@ACME.example";
