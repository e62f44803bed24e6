# options: --server libsieve
if header :matches "subject" ["*a*b*", "*a**b***c"] { keep; }
if header :matches "subject" ["x", "*a*b*c*"] { keep; }
if header :is "subject" "*a*b*c*" { keep; }
