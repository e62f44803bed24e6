# Signs and words that stand where they do not belong.
if anyof (true, false) and true { keep; }
if (true, false) or (true) { keep; }
if anyof (true, false), true { keep; }
if anyof (true) ) { keep; }
if anyof (true) "x" { keep; }
keep (true) :copy;
{ keep; }
];
"x";
if anyof () { keep; }
if header :is [] "a" { keep; }
if header :is ["a", ] "a" { keep; }
if header :is ["a" "b"] "a" { keep; }
if header :is ["a", 5] "a" { keep; }
if header :is :contains "a" "b" { keep; }
if header :is :is "a" "b" { keep; }
if header :mime :param "name" :param "charset" "a" "b" { keep; }
if header :is "a" ["b" { keep; }
if anyof (true { keep; }
stop
}
%%
if
