# options: --server cyrus-3.6
require ["variables", "fileinto", "imap4flags", "regex", "enotify", "vacation"];
if header :matches "subject" "[*] *" { set "list" "${1}"; }
set "price" "100";
fileinto "lists.$list";
fileinto "lists.${list}";
fileinto "lists.$lists";
vacation :addresses "li@acme.example" :subject "It costs $100 and $price_of it" "The $Price is $price.";
addflag "$list";
notify :message "$price$ and $price" "mailto:li@acme.example";
if header :regex "subject" "x$price" { discard; }
if header :contains "subject" ["$", "a$", "$price"] { discard; }
if string "$list" "dev" { discard; }
set "list" "it is \$list";
