# options: --server cyrus-3.6
require ["include", "variables"];
if header :matches "subject" "*" {
    include :optional "rules-${1}";
    include :optional "../rules-${1}";
}
