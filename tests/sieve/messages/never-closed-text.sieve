redirect text:
a@acme.example
;
keep;
