require "environment";

if environment :contains "item" "" { stop; }
