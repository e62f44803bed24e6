# options: --server cyrus-3.6
require "include";
include "lists";
include :personal "orders";
include "lists";
include :global "rules";
include "family";
include "news";
