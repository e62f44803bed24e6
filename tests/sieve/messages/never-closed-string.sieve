redirect "a@acme.example;
keep;
