# options: --server libsieve
require "notify";
denotify;
