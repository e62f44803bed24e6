require "copy";

# The second takes the copy along, not the first.
redirect :copy "a@partner.example";
redirect "b@partner.example";
