if header :is ["subject", "x-sieve-filtered"] ["", "coyote"] { discard; }
if header :contains ["X-Caffeine"] [""] { stop; }
