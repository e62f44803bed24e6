require ["variables", "fileinto", "imap4flags", "regex", "vacation"];
set "junk" "1";
set "price" "100";
addflag ["$Junk", "$price"];
if header :regex "subject" "cost$price" { addflag "\\Seen"; }
vacation :addresses "li@acme.example" "It costs $100, US$ 5, $prices, $$ and $; the ${price} is $price$.";
fileinto "${junk}";
