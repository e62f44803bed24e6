# options: --server dovecot-2.3
require ("fileinto", "variables",);
require fileinto;
/* switched off /* for now */ because of the move */
if anyof {header :is "subject" "a", allof {true, false},} {
    keep;
} elseif size > 10M {
    keep;
} elif size >= 10M {
    keep;
} else if size < 1K {
    keep;
} else; {
    keep;
}
if true; {
    keep;
}
if size <= 1K {
    keep;
}
if header "x-spam-score" > 5 {
    keep;
}
if header "x-spam-score" >= 5 {
    keep;
}
if header contains ("subject", "from") "order" {
    fileinto Orders;
}
if header :is "subject" "a" or header :is "subject" "b" {
    keep;
}
if header :is "subject" "a" and header :is "subject" "b" {
    keep;
}
if ( header :is "subject" "a" ) {
    keep;
}
redirect li;
/* a /* b /* c */ */ */
/* a /* b */ if header :is "subject" "*/*" {
    discard;
}
stop now;
require true;
