require "copy";
redirect :copy "nobody";
