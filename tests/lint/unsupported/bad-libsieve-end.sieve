# options: --server libsieve
require ["envelope", "relational"];
