# tamis: allow forward-without-copy because it is a test
redirect "a@acme.example";
# tamis: allow forward-without-coppy because it is a test
redirect "a@acme.example";
# tamis: allow syntax because it is a test
keep;
# tamis: allow spf-breakage because nobody leaves
keep;
# tamis: allow spf-breakage
keep;
