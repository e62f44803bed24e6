# options: --server dovecot-2.3
redirect "\"li wei\"@acme.example";
redirect "\"li\".wei@acme.example";
redirect ".\"li\"@acme.example";
redirect "\"li\"wei@acme.example";
redirect "\"\"@acme.example";
redirect "li.wei. @acme.example";
redirect "li@acme..example";
redirect "li@acme.example.";
