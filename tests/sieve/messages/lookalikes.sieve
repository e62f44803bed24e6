# Signs that look like those of Sieve.
keep；
if header "a" ["x"， "y"] { keep; }
if header "a" ["x"、 "y"] { keep; }
if anyof （true, false) { keep; }
if anyof (true, false） { keep; }
if header "a" ［"x", "y"] { keep; }
if header "a" ["x", "y"］ { keep; }
if header "a" 【"x", "y"] { keep; }
if header "a" ["x", "y"】 { keep; }
if true ｛ keep; }
if true { keep; ｝
keep　;
keep ;
keep​;
keep﻿;
if header "a" && "b" { keep; }
if header "a" || "b" { keep; }
if header "a" == "b" { keep; }
if header "a" != "b" { keep; }
if header "a" ! "b" { keep; }
if header "a" = "b" { keep; }
if size :over -1 { keep; }
if ! true { keep; }
