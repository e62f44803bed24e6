require "extlists";

if valid_ext_list [":addrbook:default", "tag:example.com,2010-05-28:mylist"] { stop; }
