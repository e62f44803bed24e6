require ["envelope", "subaddress", "mime"];

if anyof (
    address :all "from" "a@acme.example",
    address :localpart "from" "a",
    address :domain "from" "acme.example",
    address :user "from" "a",
    address :detail "from" "orders",
    address :mime :anychild "from" "a@acme.example",
    envelope :localpart "to" "a",
    envelope :domain "to" "acme.example",
    envelope :user "to" "a",
    envelope :detail "to" "orders"
) { stop; }
