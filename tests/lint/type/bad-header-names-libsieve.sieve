# options: --server libsieve
if header :contains "foo:" "x" { keep; }
if address :is "fo o" "x@y.example" { keep; }
if exists "foo:" { keep; }
