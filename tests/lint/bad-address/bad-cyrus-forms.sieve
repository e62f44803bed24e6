# options: --server cyrus-3.6
require ["vacation", "copy"];
redirect :copy "a..b@acme.example";
vacation :from ".a@acme.example"
    :addresses ["<a@acme.example>", "J. Doe <a@acme.example>", "\"J. Doe\" <a@acme.example>"] "Later.";
if false {
    redirect text:
a.@acme.example
.
    ;
}
