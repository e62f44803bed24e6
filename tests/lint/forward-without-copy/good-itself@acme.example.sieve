# A forward to itself is a finding of its own.
redirect "good-itself@acme.example";
