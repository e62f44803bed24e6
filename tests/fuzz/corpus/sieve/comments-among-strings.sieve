x [ # a
"b", # c
 # d
 "e"
] /*g*/ "h" # i
 "j" text: # k
 [ # a
"b", # c
 # d
 "e"
] /*g*/ "h" # i
 "j" text: # k
.
 # l.
 # l
;