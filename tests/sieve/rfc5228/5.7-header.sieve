if header :is ["subject", "x-sieve-filtered"] ["", "coyote"] { discard; }
if header :contains ["X-Caffeine"] [""] { stop; }
if header :is ["X-Caffeine"] [""] { stop; }
if not header :matches "Cc" "?*" { stop; }
