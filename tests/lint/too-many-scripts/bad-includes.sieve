# options: --server cyrus-3.6
require "include";
include "lists";
include :personal "orders";
if header "subject" "x" {
    include "lists";
    include :global "rules";
    include "family";
    include "news";
} else {
    include :optional "spam";
    include "more";
}
